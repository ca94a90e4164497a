import type { LinkState } from './cluster/connection.js';

declare module '@holdfast/core' {
  interface KnownStages {
    confluent: ConfluentStats;
  }
}

/** `producer.stats().stages.confluent`. */
export interface ConfluentStats {
  readonly state: LinkState;
  /** Handed in, and not settled. */
  readonly inFlightRecords: number;
  /** Of those: waiting for room in the client's queue. */
  readonly queueFullRecords: number;
  /** False, too, once the cluster has refused it and the adapter does without. */
  readonly idempotent: boolean;
  /** Since the start: how often brokers could be reached again. */
  readonly reconnects: number;
  /** Since the start: clients that were made in place of one that died. */
  readonly rebuilds: number;
  /** Since the start: the sum of the times for which brokers say, in their answers to records, that a quota holds the client back. */
  readonly throttledMs: number;
}
