import type { Details } from '../../measure/result.js';
import { rateOf, timed, type Sample } from '../../measure/sample.js';
import type { BenchRecord } from './records.js';

/**
 * One way to use a client without Holdfast; or our side, so that its callers are tuned in the same
 * way.
 */
export interface RawUse {
  /** The tuned settings. */
  readonly settings: Details;
  /** Warm-up records at the beginning of each run, which do not count. Default 0. */
  readonly warmUp?: number;
  readonly open: (brokers: readonly string[]) => Promise<RawProducer>;
}

export interface RawProducer {
  /**
   * Resolves with records per second when the first `count` of `records` are acknowledged; rejects
   * when one was not.
   */
  readonly send: (records: readonly BenchRecord[], count: number) => Promise<Sample>;
  readonly close: () => Promise<void>;
}

type Send = (records: readonly BenchRecord[], count: number) => Promise<void>;

/** A way that sends from this process. */
export const inThisProcess = (send: Send, close: () => Promise<void>): RawProducer => ({
  send: async (records, count) => {
    const timing = await timed(count, () => send(records, count));
    return { value: rateOf(timing), timing };
  },
  close,
});
