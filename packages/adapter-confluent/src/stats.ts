import type { ConnectionState } from './cluster/connection.js';

declare module '@holdfast/core' {
  interface KnownStages {
    confluent: ConfluentStats;
  }
}

/** `producer.stats().stages.confluent`. */
export interface ConfluentStats {
  readonly state: ConnectionState;
  /** Records that were sent and are not settled. */
  readonly inFlightRecords: number;
  /** Those of them that wait for room in the client's queue. */
  readonly queueFullRecords: number;
  /** Also false once the cluster has refused idempotence and the adapter sends without it. */
  readonly idempotent: boolean;
  /** How often brokers could be reached again since the start. */
  readonly reconnects: number;
  /** How many clients have replaced a dead one since the start. */
  readonly rebuilds: number;
  /**
   * For how long a quota has held the client back since the start, as brokers report it with their
   * answers to records, ms.
   */
  readonly throttledMs: number;
}
