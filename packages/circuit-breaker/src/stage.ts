import {
  failed,
  type Delivery,
  type Env,
  type SerializedRecord,
  type Send,
  type Settle,
  type Stage,
} from '@holdfast/core/stage';
import type { Circuit } from './circuit.js';
import { circuitName } from './circuits.js';
import { Controls } from './controls.js';
import type { Isolation } from './isolation.js';
import type { ResolvedCircuitBreakerOptions } from './options.js';
import { Passage } from './passage.js';
import { Probe, type Permit } from './permit.js';
import { refusal } from './refusal.js';
import { Result } from './result.js';
import type { CircuitBreakerStats } from './stats.js';
import { Judge } from './verdict.js';

/** The breaker in one producer's chain. It holds no record: what may not go down goes up at once. */
export class BreakerStage implements Stage {
  readonly controls: Controls;
  private readonly judge: Judge;
  private rejectedRecords = 0;

  constructor(
    private readonly options: ResolvedCircuitBreakerOptions,
    isolation: Isolation,
    private readonly next: Send,
    env: Env,
    private readonly closed: (stage: BreakerStage) => void,
  ) {
    this.controls = new Controls(options, isolation, env);
    this.judge = new Judge(options, env);
  }

  send(batch: Delivery[], settle: Settle): void {
    const name = this.onlyName(batch);
    if (name === undefined) return this.sendSeveral(batch, settle);
    const circuit = this.controls.circuit(name);
    const permit = circuit.ask();
    if (permit === undefined) this.refuse(circuit, batch, settle);
    else if (permit instanceof Probe) this.sendProbe(permit, batch, settle);
    else this.sendAll(permit, batch, settle);
  }

  /** The circuit of all of them is closed, the usual case: nothing is copied or taken apart. */
  private sendAll(permit: Permit, batch: Delivery[], settle: Settle): void {
    this.next(batch, (settled) => {
      permit.cameBack(settled.length, Result.of(settled, this.judge));
      settle(settled);
    });
  }

  private sendProbe(probe: Probe, batch: readonly Delivery[], settle: Settle): void {
    const passed: Delivery[] = [];
    const refused: Delivery[] = [];
    for (const delivery of batch) (probe.admits(delivery) ? passed : refused).push(delivery);
    this.sendAll(probe, passed, settle);
    // Last: whoever sends more at once, hearing of these, must not overtake those.
    if (refused.length > 0) this.refuse(probe.circuit, refused, settle);
  }

  private sendSeveral(batch: Delivery[], settle: Settle): void {
    const passage = new Passage(this.nameOf, (name) => this.controls.circuit(name));
    const passed = passage.admit(batch);
    if (passed.length > 0) {
      this.next(passed, (settled) => {
        passage.cameBack(settled, this.judge);
        settle(settled);
      });
    }
    passage.eachRefused((circuit, refused) => this.refuse(circuit, refused, settle));
  }

  private refuse(circuit: Circuit, refused: Delivery[], settle: Settle): void {
    this.rejectedRecords += refused.length;
    const outcome = failed(refusal(circuit, this.options.openDurationMs));
    for (const delivery of refused) delivery.outcome = outcome;
    settle(refused);
  }

  /** The circuit that all belong to; `undefined` when there are several. */
  private onlyName(batch: readonly Delivery[]): string | undefined {
    const { scope } = this.options;
    if (scope === 'cluster') return circuitName(scope, '', undefined);
    const first = batch[0]?.record;
    if (first === undefined) return undefined;
    const { topic, partition } = first;
    for (const { record } of batch) {
      if (record.topic !== topic || (scope === 'partition' && record.partition !== partition))
        return undefined;
    }
    return this.nameOf(first);
  }

  private readonly nameOf = ({ topic, partition }: SerializedRecord): string =>
    circuitName(this.options.scope, topic, partition);

  /** Nothing is held; what comes back later goes up as ever. */
  close(): void {
    this.closed(this);
  }

  stats(): CircuitBreakerStats {
    return { ...this.controls.stats(), rejectedRecords: this.rejectedRecords };
  }
}
