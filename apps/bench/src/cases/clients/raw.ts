import type { Details } from '../../measure/result.js';
import type { BenchRecord } from './records.js';

/** One way to use a client without Holdfast; or our side, so that its callers are tuned by the same hand. */
export interface RawUse {
  /** What is tuned in it. */
  readonly settings: Details;
  readonly open: (brokers: readonly string[]) => Promise<RawProducer>;
}

export interface RawProducer {
  /** Resolves when the first `count` of `records` are acknowledged; rejects when one was not. */
  readonly send: (records: readonly BenchRecord[], count: number) => Promise<void>;
  readonly close: () => Promise<void>;
}
