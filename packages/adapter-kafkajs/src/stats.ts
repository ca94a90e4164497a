declare module '@holdfast/core' {
  interface KnownStages {
    kafkajs: KafkajsStats;
  }
}

/** `producer.stats().stages.kafkajs`. */
export interface KafkajsStats {
  /** Established connections to brokers. */
  readonly connections: number;
  readonly requestsInFlight: number;
  /** Records that the adapter was given and has not settled. */
  readonly records: number;
  /** New requests carry a producer id: idempotence is on, and the cluster has not refused it. */
  readonly idempotent: boolean;
  /** How often, since the start, a broker could be reached again after none could. */
  readonly reconnects: number;
  /**
   * The sum, since the start, of the throttle times that brokers report in their responses to
   * records, because of a quota.
   */
  readonly throttledMs: number;
}
