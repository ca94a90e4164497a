import { failed, type Delivery, type Env, type Send, type Settle, type Stage } from '@holdfast/core/stage';
import type { Circuit } from './controller/circuit.js';
import { CircuitController } from './controller/circuit-controller.js';
import { circuitName } from './controller/circuit-name.js';
import type { Isolation } from './controller/isolation.js';
import { Probe, type Permit } from './controller/permit.js';
import { circuitOpen } from './errors.js';
import { FailurePredicate } from './health/failure-predicate.js';
import { healthResultOf } from './health/health-result.js';
import { MultiCircuitBatch } from './multi-circuit-batch.js';
import type { ResolvedCircuitBreakerOptions } from './options.js';
import type { CircuitBreakerStats } from './stats.js';

/**
 * The breaker in one producer's chain. It holds no record: those that may not be sent are settled
 * at once.
 */
export class CircuitBreakerStage implements Stage {
  readonly controller: CircuitController;
  private readonly predicate: FailurePredicate;
  private rejectedRecords = 0;

  constructor(
    private readonly options: ResolvedCircuitBreakerOptions,
    isolation: Isolation,
    private readonly next: Send,
    env: Env,
    private readonly onClose: (stage: CircuitBreakerStage) => void,
  ) {
    this.controller = new CircuitController(options, isolation, env);
    this.predicate = new FailurePredicate(options, env);
  }

  send(batch: Delivery[], settle: Settle): void {
    const name = this.onlyCircuitOf(batch);
    if (name === undefined) return this.sendSeveral(batch, settle);
    const circuit = this.controller.circuit(name);
    const permit = circuit.tryAcquire();
    if (permit === undefined) this.refuse(circuit, batch, settle);
    else if (permit instanceof Probe) this.sendProbe(circuit, permit, batch, settle);
    else this.sendAll(circuit, permit, batch, settle);
  }

  /** Nothing is held; what is settled later goes up as always. */
  close(): void {
    this.onClose(this);
  }

  stats(): CircuitBreakerStats {
    return { ...this.controller.stats(), rejectedRecords: this.rejectedRecords };
  }

  /** The usual case, with one closed circuit: nothing is copied or split. */
  private sendAll(circuit: Circuit, permit: Permit, batch: Delivery[], settle: Settle): void {
    this.next(batch, (settled) => {
      circuit.settle(permit, settled.length, healthResultOf(settled, this.predicate));
      settle(settled);
    });
  }

  private sendProbe(circuit: Circuit, probe: Probe, batch: readonly Delivery[], settle: Settle): void {
    const admitted: Delivery[] = [];
    const refused: Delivery[] = [];
    for (const delivery of batch) (probe.admits(delivery) ? admitted : refused).push(delivery);
    this.sendAll(circuit, probe, admitted, settle);
    // Last: a stage that sends more as soon as these are settled must not overtake the probe.
    if (refused.length > 0) this.refuse(circuit, refused, settle);
  }

  private sendSeveral(batch: Delivery[], settle: Settle): void {
    const parts = new MultiCircuitBatch(this.options.scope, this.controller);
    const admitted = parts.admit(batch);
    if (admitted.length > 0) {
      this.next(admitted, (settled) => {
        parts.settle(settled, this.predicate);
        settle(settled);
      });
    }
    for (const [circuit, refused] of parts.takeRefused()) this.refuse(circuit, refused, settle);
  }

  private refuse(circuit: Circuit, refused: Delivery[], settle: Settle): void {
    this.rejectedRecords += refused.length;
    const outcome = failed(circuitOpen(circuit, this.options.openDurationMs));
    for (const delivery of refused) delivery.outcome = outcome;
    settle(refused);
  }

  /**
   * Returns the name of the circuit that all records belong to; `undefined` if there are several.
   */
  private onlyCircuitOf(batch: readonly Delivery[]): string | undefined {
    const { scope } = this.options;
    if (scope === 'cluster') return circuitName(scope, '', undefined);
    const first = batch[0]?.record;
    if (first === undefined) return undefined;
    const { topic, partition } = first;
    for (const { record } of batch) {
      if (record.topic !== topic || (scope === 'partition' && record.partition !== partition))
        return undefined;
    }
    return circuitName(scope, topic, partition);
  }
}
