import type { TopicInFlight } from './topic-in-flight.js';

/** A record unsettled for this long is stuck on its broker: it says nothing about other brokers. */
export const stuckMs = 250;
/**
 * All topics together may have this many full quotas in flight; beyond, a topic that delivers
 * nothing is cut to one batch.
 */
const quotasInTotal = 10;

export interface TopicQuotaOptions {
  readonly maxInFlightRecords: number;
  readonly maxBatchRecords: number;
}

/**
 * Limits how many records of a topic may be in flight. Each topic has a quota of its own, so that
 * what one topic leaves in flight while its brokers are away takes nothing from another. Stuck
 * records stop counting once later records of their topic get through: a partition that is away
 * must not use up the quota of the others.
 */
export class TopicQuotas {
  /** Records of all topics in flight. */
  inFlightRecords = 0;
  private readonly quota: number;
  private readonly maxInTotal: number;
  private readonly oneBatch: number;

  constructor({ maxInFlightRecords, maxBatchRecords }: TopicQuotaOptions) {
    this.quota = maxInFlightRecords;
    this.maxInTotal = quotasInTotal * maxInFlightRecords;
    this.oneBatch = Math.min(maxInFlightRecords, maxBatchRecords);
  }

  /** Returns how many more records of the topic may be sent. */
  roomFor(topic: TopicInFlight, now: number): number {
    const isCut = this.inFlightRecords >= this.maxInTotal && !isDelivering(topic, now);
    return Math.max(0, (isCut ? this.oneBatch : this.quota) - topic.counted);
  }

  /** Returns whether records of the topic are stuck and nothing shows that others are not. */
  isStalled(topic: TopicInFlight, now: number): boolean {
    const { oldest } = topic;
    return oldest !== undefined && now - oldest.batch.sentAt >= stuckMs && !isDelivering(topic, now);
  }

  /**
   * Stops counting what is stuck if something that was sent with it, or later, has been delivered.
   */
  discountStuck(topic: TopicInFlight, now: number): void {
    for (
      let part = topic.oldest;
      part !== undefined && this.inFlightRecords < this.maxInTotal;
      part = topic.oldest
    ) {
      const { sentAt } = part.batch;
      if (now - sentAt < stuckMs || topic.deliveredSentAt < sentAt) return;
      topic.stopCounting(part);
    }
  }
}

const isDelivering = ({ deliveredAt }: TopicInFlight, now: number): boolean => now - deliveredAt < stuckMs;
