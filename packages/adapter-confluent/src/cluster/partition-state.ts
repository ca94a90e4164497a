/** In place of a leader's id, as in Kafka's metadata. */
export const noLeader = -1;

/** What the adapter knows of one partition. */
export class PartitionState {
  leader = noLeader;
  replicas = 0;
  inSync = 0;
  /** Monotonic ms of the last metadata with it. */
  seenAt = -Infinity;
  /** Monotonic ms of a broker's last answer about a record of it. */
  answeredAt = -Infinity;
  /**
   * The client may have any number of its records at once; see `PartitionLimiter`, which sets it.
   */
  isUnlimited = false;
  /** The `PartitionLimiter` keeps a queue for it. */
  hasQueue = false;
  /** The session that has had a record confirmed here. */
  confirmedBy = 0;
  /** Bytes that the client may have at once. */
  limitBytes = Infinity;
  /**
   * Records that the client still has after their time was over: later ones would wait behind them.
   */
  expired = 0;

  constructor(
    readonly topic: string,
    readonly index: number,
  ) {}

  /** Nothing is lost when this state is dropped. */
  get isIdle(): boolean {
    return this.expired === 0 && !this.hasQueue;
  }

  /** The client is gone. */
  reset(): void {
    this.isUnlimited = this.hasQueue = false;
    this.confirmedBy = this.expired = 0;
  }
}
