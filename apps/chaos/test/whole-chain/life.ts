import {
  createProducer,
  type Adapter,
  type Middleware,
  type Outcome,
  type Producer,
  type ProducerRecord,
} from '@holdfast/core';
import {
  attemptTap,
  Caller,
  type FakeClock,
  type HistoryChecker,
  type RecordingLogger,
  type SimulatedDisk,
  type TrackedRecord,
} from '@holdfast/testing';
import { idOf } from './memory.js';
import type { ProcessClock } from './process-clock.js';
import type { Records } from './records.js';
import { spoiler } from './spoiler.js';
import { adapterTap, dispatcherTap } from './taps.js';

export interface LifeOptions {
  readonly clock: ProcessClock;
  /** The one that all processes share. */
  readonly time: FakeClock;
  readonly disk: SimulatedDisk;
  readonly logger: RecordingLogger;
  readonly random: () => number;
  readonly history: HistoryChecker;
  /** The end of each record of all processes, as the chain reported it. */
  readonly outcomes: Map<string, Outcome>;
  readonly client: Adapter;
  readonly use: readonly Middleware[];
  readonly deliveryTimeoutMs: number | undefined;
  readonly records: Records;
  /** Passes it on to the adapter. */
  readonly wentDown: (id: string) => void;
  readonly happened: (what: string) => void;
}

/** One process with a producer, from its start to its end. */
export class Life {
  private readonly mine = new Set<string>();
  private started: { readonly producer: Producer; readonly caller: Caller } | undefined;

  constructor(private readonly options: LifeOptions) {}

  async start(): Promise<void> {
    const { clock, time, disk, logger, random, history, records, client, use, deliveryTimeoutMs, wentDown } =
      this.options;
    const starting = createProducer({
      adapter: client,
      use: [
        dispatcherTap({
          history,
          ended: (id, outcome) => this.ended(id, outcome),
          probe: () => this.probe(),
        }),
        spoiler(),
        ...use,
        adapterTap(wentDown),
        attemptTap(history),
      ],
      env: { clock, disk, logger, random },
      maxBlockMs: 20_000,
      ...(deliveryTimeoutMs !== undefined && { deliveryTimeoutMs }),
      on: {
        'journal.damaged': ({ kind, path }) => {
          // A power cut tears or loses what was not synced; no disk here does anything else.
          if (kind !== 'torn-tail' && kind !== 'unsynced')
            history.note('I1', `the journal found damage: ${kind} in ${path}`);
        },
      },
      onUndeliverable: (record, outcome, original) => {
        const id = original === undefined ? idOf(record) : records.idOf(original);
        if (id !== undefined) this.undeliverable(id, outcome);
      },
    });
    const producer = await time.until(starting);
    producer.on('violation', ({ stage, message }) => history.note('I6', `the stage '${stage}' ${message}`));
    producer.on('callbackError', ({ error }) => history.note('I10', `a callback threw: ${String(error)}`));
    this.watch(producer);
    const take = (record: ProducerRecord): TrackedRecord => {
      const taken = records.take(record);
      this.mine.add(taken.id);
      return taken;
    };
    this.started = { producer, caller: new Caller(producer, history, take) };
  }

  get producer(): Producer {
    return this.running.producer;
  }

  get caller(): Caller {
    return this.running.caller;
  }

  /** Closes, and checks that everything has come to its end. */
  async close(timeoutMs: number): Promise<void> {
    const { producer, caller } = this.running;
    const { time, clock, history } = this.options;
    try {
      await time.until(producer.close({ timeoutMs }));
    } catch (error) {
      history.note('I6', `close rejected: ${String(error)}`);
    }
    await time.runSoon();
    if (clock.waiting > 0)
      history.note('I6', `${clock.waiting} timers are left after close; cancel them there`);
    this.probe();
    if (producer.stats().held > 0)
      history.note('I6', `${producer.stats().held} records are held after close`);
    caller.check(this.options.outcomes);
    clock.alive = false;
  }

  /** Checks I5 at this instant. */
  probe(): void {
    const stats = this.started?.producer.stats();
    if (stats !== undefined) this.options.history.conserved(stats, `at ${this.options.clock.now()} ms`);
  }

  /** Records of this process without an outcome. */
  open(): string[] {
    return [...this.mine].filter((id) => !this.options.outcomes.has(id));
  }

  /** Records that have no outcome, here or in the journal. */
  left(): number {
    const { held, stages } = this.producer.stats();
    const backlog = stages.journal?.backlogRecords;
    return held + (typeof backlog === 'number' ? backlog : 0);
  }

  private get running(): { readonly producer: Producer; readonly caller: Caller } {
    if (this.started === undefined) throw new Error('not started');
    return this.started;
  }

  private undeliverable(id: string, outcome: Outcome): void {
    const { outcomes, records } = this.options;
    const before = outcomes.get(id);
    if (before?.status === 'accepted' || !this.mine.has(id)) return records.givenUp(id);
    if (before !== undefined) return;
    // A record that the producer itself refuses never reaches the tap.
    this.ended(id, outcome);
  }

  private ended(id: string, outcome: Outcome): void {
    this.options.history.outcome(id, outcome);
    this.options.outcomes.set(id, outcome);
  }

  private watch(producer: Producer): void {
    for (const name of ['circuit.opened', 'circuit.halfOpened', 'circuit.closed'] as const)
      producer.on(name, () => this.options.happened(name));
  }
}
