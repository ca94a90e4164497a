import type { Middleware } from '@holdfast/core';
import type { FoundRecord } from '../history/history-types.js';

/** A middleware to be tested. */
export interface MiddlewareSubject {
  /** Appears in all messages. */
  readonly name: string;
  /**
   * Creates a new one; called per case. If it has a `ready`, it must report that it is full before
   * 20,000 records wait in it. Give it options for that if its default has room for more.
   */
  readonly create: () => Middleware;
  readonly features?: MiddlewareFeatures;
  /**
   * Seed of the generated schedules. Default: `HOLDFAST_SEED`, else a new one. Failures name it.
   */
  readonly seed?: number;
  /** Number of generated schedules. Default 50. */
  readonly runs?: number;
}

/** What the suite cannot read from the middleware's traits. */
export interface MiddlewareFeatures {
  /**
   * Changes topic, key, value or partition on purpose (encryption, routing). Records are then
   * identified by their deliveries, not by their bytes; losses, duplicates and the order within a
   * key are still checked. Headers may always be added. Default false.
   */
  readonly changesRecords?: boolean;
  /**
   * May report `delivered` for a record that the stage below did not deliver, because it also
   * delivers elsewhere: to a second cluster (failover, mirror), or not again (deduplication). The
   * suite then trusts such reports, and ignores extra copies below; all other checks remain. A
   * function returns the records found elsewhere, after each generated schedule, and such a record
   * must be among them. Default false.
   */
  readonly deliversElsewhere?: boolean | (() => readonly FoundRecord[]);
  /**
   * Creates one that retries without delay and without limit. The suite then fails a record 20,000
   * times in a row (more with `HOLDFAST_RUNS`) and looks for recursion.
   */
  readonly createWithoutDelay?: () => Middleware;
  /**
   * The longest time it may hold a record after all results have come, in ms of the fake clock.
   * Default 600,000.
   */
  readonly maxHoldMs?: number;
}
