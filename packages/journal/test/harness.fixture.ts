import type { EventName, Outcome, ProducerError, ProducerEvents, ProducerRecord } from '@holdfast/core';
import {
  systemClock,
  type Clock,
  type Delivery,
  type Disk,
  type Env,
  type SerializedRecord,
  type Stage,
} from '@holdfast/core/stage';
import {
  createDelivery,
  fakeClock,
  simulatedDisk,
  testEnv,
  type FakeClock,
  type RecordingLogger,
  type SimulatedDisk,
  statOf,
} from '@holdfast/testing';
import { journal } from '../src/journal.js';
import type { JournalOptions } from '../src/options.js';

export const delivered: Outcome = {
  status: 'delivered',
  topic: 'orders',
  partition: 0,
  offset: 0,
  timestamp: 0,
};

const names = [
  'journal.recovery',
  'journal.recovered',
  'journal.damaged',
  'journal.stalled',
  'journal.unsynced',
  'journal.resumed',
  'journal.bypassed',
  'journal.heldBack',
  'journal.topicPaused',
  'journal.topicResumed',
] as const satisfies readonly EventName[];

type Said = { readonly [N in (typeof names)[number]]: ProducerEvents[N][] };

export interface HarnessOptions {
  readonly disk: Disk;
  /** Default: the system's clock, for a real disk. */
  readonly clock?: Clock;
  readonly journal: JournalOptions;
  /** What Kafka answers at once; `undefined`: nothing, until {@link Harness.answer}. */
  readonly answer?: Outcome;
}

/** A journal with the records, clock and disk of a test, over a Kafka that answers on command. */
export class Harness {
  readonly stage: Stage;
  readonly logger: RecordingLogger;
  readonly clock: Clock;
  /** The records that went down, in order; their bytes are copies. */
  readonly handed: SerializedRecord[] = [];
  /** When they went down, monotonic ms. */
  readonly deadlines: number[] = [];
  readonly outcomes = new Map<Delivery, Outcome>();
  readonly said: Said = {
    'journal.recovery': [],
    'journal.recovered': [],
    'journal.damaged': [],
    'journal.stalled': [],
    'journal.unsynced': [],
    'journal.resumed': [],
    'journal.bypassed': [],
    'journal.heldBack': [],
    'journal.topicPaused': [],
    'journal.topicResumed': [],
  };
  /** Codes of records that were accepted and given up. */
  readonly undelivered: string[] = [];
  answerWith: Outcome | undefined;
  private below: { readonly delivery: Delivery; readonly settle: (batch: Delivery[]) => void }[] = [];
  private waiters: (() => void)[] = [];

  constructor({ disk, clock = systemClock, journal: options, answer }: HarnessOptions) {
    const base = testEnv();
    const env: Env = {
      ...base,
      disk,
      clock,
      undelivered: (_, { error }) => void this.undelivered.push(error.code),
    };
    this.logger = base.logger;
    this.clock = clock;
    this.answerWith = answer;
    for (const name of names) this.listen(base.events, name);
    this.stage = journal(options).bind((batch, settle) => this.take(batch, settle), env);
  }

  start(signal: AbortSignal = new AbortController().signal): Promise<void> {
    return Promise.resolve(this.stage.start?.(signal));
  }

  /** Deadlines are on the clock; default: none. */
  send(
    records: readonly ProducerRecord[],
    deadline = Infinity,
    /** What a middleware above does to the batch. */
    change: (batch: readonly Delivery[]) => void = () => undefined,
  ): Delivery[] {
    const createdAt = Math.trunc(this.clock.now());
    const batch = records.map((record) => createDelivery(record, { createdAt, deadline }));
    change(batch);
    this.stage.send([...batch], (settled) => {
      for (const one of settled) {
        if (this.outcomes.has(one)) throw new Error('settled twice');
        if (one.outcome === undefined) throw new Error('settled without an outcome');
        this.outcomes.set(one, one.outcome);
      }
      this.notify();
    });
    return batch;
  }

  /** Settles everything that is in flight. */
  answer(outcome: Outcome = delivered): void {
    this.answerFirst(Infinity, outcome);
  }

  answerFirst(count: number, outcome: Outcome = delivered): void {
    this.settle(this.below.splice(0, count), outcome);
  }

  /** Settles all but the first ones in flight. */
  answerBehind(count: number, outcome: Outcome = delivered): void {
    this.settle(this.below.splice(count), outcome);
  }

  /** Settles the first ones of a topic. */
  answerTopic(topic: string, count = Infinity, outcome: Outcome = delivered): void {
    const answered = this.below.filter(({ delivery }) => delivery.record.topic === topic).slice(0, count);
    this.below = this.below.filter((one) => !answered.includes(one));
    this.settle(answered, outcome);
  }

  private settle(answered: Harness['below'], outcome: Outcome): void {
    for (const { delivery, settle } of answered) {
      delivery.outcome = outcome;
      settle([delivery]);
    }
  }

  get belowCount(): number {
    return this.below.length;
  }

  outcomeOf(delivery: Delivery | undefined): Outcome | undefined {
    return delivery && this.outcomes.get(delivery);
  }

  errorOf(delivery: Delivery | undefined): ProducerError | undefined {
    const outcome = this.outcomeOf(delivery);
    return outcome !== undefined && 'error' in outcome ? outcome.error : undefined;
  }

  /** Returns the number of records by status. */
  get counts(): { readonly [status: string]: number } {
    const counts: { [status: string]: number } = {};
    for (const { status } of this.outcomes.values()) counts[status] = (counts[status] ?? 0) + 1;
    return counts;
  }

  stat(name: string): unknown {
    return statOf(this.stage, name);
  }

  /**
   * For a real disk: resolves when the condition holds, which is checked whenever something is
   * handed down or settled.
   */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.waiters.push(resolve));
  }

  close(timeoutMs = 5_000): Promise<void> {
    return Promise.resolve(this.stage.close?.(this.clock.now() + timeoutMs));
  }

  private take(batch: Delivery[], settle: (batch: Delivery[]) => void): void {
    for (const delivery of batch) {
      this.handed.push(delivery.record);
      this.deadlines.push(delivery.deadline);
      this.below.push({ delivery, settle });
    }
    if (this.answerWith !== undefined) this.clock.soon(() => this.answer(this.answerWith));
    this.notify();
  }

  private listen<N extends (typeof names)[number]>(
    events: ReturnType<typeof testEnv>['events'],
    name: N,
  ): void {
    events.on(name, (value: ProducerEvents[N]) => void this.said[name].push(value));
  }

  private notify(): void {
    for (const waiter of this.waiters.splice(0)) waiter();
  }
}

/** Starts a journal in small segments over a clock of the test's. */
export async function running(
  options: Partial<JournalOptions> = {},
  disk?: SimulatedDisk,
): Promise<{ readonly one: Harness; readonly clock: FakeClock; readonly disk: SimulatedDisk }> {
  const clock = fakeClock();
  const itsDisk = disk ?? simulatedDisk({ clock });
  const small = { directory: '/outbox', segmentBytes: 16 * 1024, maxBytes: 2 ** 20 };
  const one = new Harness({ disk: itsDisk, clock, journal: { ...small, ...options } });
  await clock.until(one.start());
  await clock.advance(1_000);
  return { one, clock, disk: itsDisk };
}
