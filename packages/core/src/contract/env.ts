import type { Delivery } from './delivery.js';
import type { Disk } from './disk.js';
import type { EventSink } from './events.js';
import type { Logger } from './logger.js';
import type { Failed, Unknown } from './outcome.js';
import type { ProducerStats } from './stats.js';

export interface Timer {
  cancel(): void;
}

export interface Clock {
  /** Monotonic milliseconds, fractions allowed; for deadlines and durations. */
  now(): number;
  /** Milliseconds since 1970; for timestamps that others read. May jump. */
  wallTime(): number;
  after(ms: number, run: () => void): Timer;
  /** Runs in the next turn of the event loop, after what is pending now. */
  soon(run: () => void): void;
}

/** Everything that is not the chain: time, chance, words, disk. Injected, so that a whole chain runs from one seed. */
export interface BaseEnv {
  readonly clock: Clock;
  /** As `Math.random`: [0, 1). */
  readonly random: () => number;
  readonly logger: Logger;
  readonly events: EventSink;
  readonly disk: Disk;
}

/** What `bind` is given: the chain's environment, seen from one stage. */
export interface Env extends BaseEnv {
  /** The `ready()` of the nearest stage below that queues; `undefined` when none is full. */
  ready(): Promise<void> | undefined;
  /** What the adapter has in flight, counted by core; a stage that paces itself looks here. */
  readonly calls: Calls;
  /**
   * Says that a record which the stage had accepted will not be delivered: to `onUndeliverable`, the event `failed` and
   * `producer.failed`. What was not accepted is settled instead.
   */
  undelivered(delivery: Delivery, outcome: Failed | Unknown): void;
  /** What `producer.stats()` says. */
  stats(): ProducerStats;
}

/** The adapter's calls that nothing has been heard of, whichever stage made them. */
export interface Calls {
  /** Calls without any answer that are younger than `ms`: an older one is stuck and says nothing about the others. */
  unanswered(ms: number): number;
  /** Called whenever a call has its first answer. */
  onAnswer(listener: () => void): void;
}

/** What a user may replace through `createProducer({ env })`. */
export interface EnvOverrides {
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly logger?: Logger;
  readonly disk?: Disk;
}
