import type { Outcome } from '@holdfast/core';
import type { Delivery } from '@holdfast/core/stage';
import type { Attributes, Histogram } from '@opentelemetry/api';
import { Destinations } from '../instruments/destinations.js';
import type { Instruments } from '../instruments/instruments.js';
import { codeOf, Series } from '../instruments/series.js';

/** When the oldest of the records that share their attributes was sent. */
interface Group {
  since: number;
}

/**
 * Records the time from `send` to the outcome. Records of a batch that end alike have one value,
 * that of the oldest: a call of the SDK takes more than a microsecond, about as much as a record
 * costs in the rest of the chain.
 */
export class DeliveryMetrics {
  private readonly duration: Histogram;
  private readonly destinations: Destinations<{ readonly [status in Outcome['status']]: Series }>;

  constructor(instruments: Instruments, common: Attributes, maxTopics: number) {
    this.duration = instruments.histogram('holdfast.delivery.duration');
    this.destinations = new Destinations(maxTopics, (topic) => {
      const endedAs = (outcome: Outcome['status']): Series =>
        new Series({ ...common, 'messaging.destination.name': topic, 'holdfast.outcome': outcome });
      return {
        delivered: endedAs('delivered'),
        accepted: endedAs('accepted'),
        'dead-lettered': endedAs('dead-lettered'),
        failed: endedAs('failed'),
        unknown: endedAs('unknown'),
      };
    });
  }

  record(batch: readonly Delivery[], now: number): void {
    for (const [attributes, { since }] of this.grouped(batch)) {
      this.duration.record(Math.max(0, now - since) / 1_000, attributes);
    }
  }

  private grouped(batch: readonly Delivery[]): Map<Attributes, Group> {
    const groups = new Map<Attributes, Group>();
    let group: Group = { since: Infinity };
    let topic: string | undefined;
    let status: Outcome['status'] | undefined;
    let code: string | undefined;
    for (const delivery of batch) {
      const { outcome, createdAt } = delivery;
      if (outcome === undefined) continue;
      const isDelivered = outcome.status === 'delivered';
      const itsTopic = isDelivered ? outcome.topic : delivery.record.topic;
      const itsCode = isDelivered ? undefined : codeOf(outcome);
      // Most records share everything with the previous one and need no lookup in the maps.
      if (itsTopic !== topic || outcome.status !== status || itsCode !== code) {
        topic = itsTopic;
        status = outcome.status;
        code = itsCode;
        const attributes = this.destinations.of(topic)[status].of(code);
        const known = groups.get(attributes);
        group = known ?? { since: createdAt };
        if (known === undefined) groups.set(attributes, group);
      }
      if (createdAt < group.since) group.since = createdAt;
    }
    return groups;
  }
}
