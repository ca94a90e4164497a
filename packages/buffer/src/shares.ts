import type { Topic } from './topic.js';

/** What has not come up after this long is stuck on its broker: it says nothing about the others. */
export const stuckMs = 250;
/** All topics together may have so many full shares below before a topic that delivers nothing is cut to one batch. */
const sharesInAll = 10;

export interface SharesOptions {
  readonly maxInFlightRecords: number;
  readonly maxBatchRecords: number;
}

/**
 * How many records of a topic may be below. Each topic has a share of its own, so that what one leaves below, for as long as
 * its brokers are away, takes nothing from another. What of a topic is stuck while later records of it get through counts no
 * more: a partition that is away must not use up the share of those that are there.
 */
export class Shares {
  /** Records of all topics below. */
  below = 0;
  private readonly most: number;
  private readonly mostInAll: number;
  private readonly oneBatch: number;

  constructor({ maxInFlightRecords, maxBatchRecords }: SharesOptions) {
    this.most = maxInFlightRecords;
    this.mostInAll = sharesInAll * maxInFlightRecords;
    this.oneBatch = Math.min(maxInFlightRecords, maxBatchRecords);
  }

  /** How many more records of the topic may go down. */
  roomOf(topic: Topic, now: number): number {
    const cut = this.below >= this.mostInAll && !delivers(topic, now);
    return Math.max(0, (cut ? this.oneBatch : this.most) - topic.counted);
  }

  /** Records of it are stuck, and nothing shows that others are not. */
  isStalled(topic: Topic, now: number): boolean {
    const { oldest } = topic;
    return oldest !== undefined && now - oldest.batch.at >= stuckMs && !delivers(topic, now);
  }

  /** What of it is stuck, while what went down with it or later has been delivered, counts no more. */
  review(topic: Topic, now: number): void {
    for (let part = topic.oldest; part !== undefined && this.below < this.mostInAll; part = topic.oldest) {
      const { at } = part.batch;
      if (now - at < stuckMs || topic.deliveredSentAt < at) return;
      topic.setAside(part);
    }
  }
}

const delivers = ({ deliveredAt }: Topic, now: number): boolean => now - deliveredAt < stuckMs;
