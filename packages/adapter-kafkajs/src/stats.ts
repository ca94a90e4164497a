declare module '@holdfast/core' {
  interface KnownStages {
    kafkajs: KafkajsStats;
  }
}

/** `producer.stats().stages.kafkajs`. */
export interface KafkajsStats {
  /** To brokers, that are up. */
  readonly connections: number;
  readonly requestsInFlight: number;
  /** Handed in, and not settled. */
  readonly records: number;
  /** New requests go under a producer id: it is wanted, and the cluster has not refused it. */
  readonly idempotent: boolean;
  /** Since the start: how often a broker could be reached again. */
  readonly reconnects: number;
  /** Since the start: the sum of the times for which brokers say, in their answers to records, that a quota holds the client back. */
  readonly throttledMs: number;
}
