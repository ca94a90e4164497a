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
  /** Returns monotonic milliseconds, fractions allowed; for deadlines and durations. */
  now(): number;
  /** Returns milliseconds since 1970; for timestamps that leave the process. May jump. */
  wallTime(): number;
  /** Runs once after `ms`, any number including `Infinity`, unless the timer is cancelled. */
  after(ms: number, run: () => void): Timer;
  /** Runs in the next turn of the event loop, after the callbacks pending now. */
  soon(run: () => void): void;
}

/**
 * Time, randomness, logging, events and disk. Injected, so that a whole chain can run from one
 * seed.
 */
export interface BaseEnv {
  readonly clock: Clock;
  /** Returns a number in [0, 1), like `Math.random`. */
  readonly random: () => number;
  readonly logger: Logger;
  readonly events: EventSink;
  readonly disk: Disk;
}

/** The environment passed to `bind`: the chain as seen from one stage. */
export interface Env extends BaseEnv {
  /**
   * Calls `ready()` of the nearest stage below that queues; returns `undefined` when it has room.
   */
  ready(): Promise<void> | undefined;
  /** The adapter's calls in flight, counted by core, for a stage that limits its own rate. */
  readonly calls: Calls;
  /**
   * Reports that a record which the stage had accepted will not be delivered: to `onUndeliverable`,
   * the event `failed` and `producer.failed`. Settle records that were not accepted instead.
   */
  undelivered(delivery: Delivery, outcome: Failed | Unknown): void;
  /** Returns the same as `producer.stats()`. */
  stats(): ProducerStats;
}

/** The adapter's calls without a response, whichever stage made them. */
export interface Calls {
  /**
   * Counts the calls without any response that are younger than `ms`: an older one is stuck and not
   * representative.
   */
  unanswered(ms: number): number;
  /** Registers a listener, called at the first response to each call. */
  onAnswer(listener: () => void): void;
}

/** The parts that `createProducer({ env })` can replace. */
export interface EnvOverrides {
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly logger?: Logger;
  readonly disk?: Disk;
}
