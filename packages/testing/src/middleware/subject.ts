import type { Middleware } from '@holdfast/core';
import type { FoundRecord } from '../history/history-types.js';

/** A middleware that is put to the test. */
export interface MiddlewareSubject {
  /** Stands in every message. */
  readonly name: string;
  /**
   * Makes a fresh one; called for each case. One that has a `ready` has to say that it is full before 20,000 records wait in it: give
   * one whose options say so, where the default has room for more.
   */
  readonly create: () => Middleware;
  readonly features?: MiddlewareFeatures;
  /** Of the generated schedules. Default: `HOLDFAST_SEED`, else a new one; a failure names it. */
  readonly seed?: number;
  /** Generated schedules to try. Default 50. */
  readonly runs?: number;
}

/** What cannot be read from the middleware's traits. */
export interface MiddlewareFeatures {
  /**
   * It changes topic, key, value or partition on purpose (encryption, routing). Records are told apart by their deliveries, not
   * by their bytes: losses, copies and the order within a key are checked all the same. Headers may always be added. Default
   * false.
   */
  readonly changesRecords?: boolean;
  /**
   * It may say `delivered` of a record that the stage below did not deliver, as it delivers by another way, too: to a second
   * cluster (failover, mirror), or not again (dedup). Its word is believed for such records, and copies of its own below are
   * passed over; every other check stays. A function answers with what is there, after each generated schedule: then such a
   * record is looked for in it. Default false.
   */
  readonly deliversElsewhere?: boolean | (() => readonly FoundRecord[]);
  /**
   * Makes one that tries again without any delay and without limit. With it the suite fails a record 20,000 times in a
   * row, or as many more as `HOLDFAST_RUNS` says, and looks for recursion.
   */
  readonly createWithoutDelay?: () => Middleware;
  /** The longest that it may hold a record whose answers have all come, in ms of the fake clock. Default 600,000. */
  readonly maxHoldMs?: number;
}
