import type { Attempt } from '@holdfast/core/stage';
import type { Attributes } from '@opentelemetry/api';
import { Destinations } from '../instruments/destinations.js';
import type { Instruments } from '../instruments/instruments.js';
import { codeOf, Series } from '../instruments/series.js';
import { serverOf } from '../traces/server.js';
import { wasSent } from './was-sent.js';

/** Records of one attempt that share their attributes. */
interface Group {
  sent: number;
}

/**
 * Records the event `attempt`: what the client was given to send, how long it took and how it
 * ended.
 */
export class AttemptMetrics {
  private readonly duration;
  private readonly sent;
  private readonly batchRecords;
  private readonly batchSize;
  private readonly stageDuration;
  private readonly wire: Attributes;
  /** Sent records that the SDK does not know of yet, by the attributes of their series. */
  private readonly unreported = new Map<Attributes, number>();
  private destinations: Destinations<Series> | undefined;

  constructor(
    instruments: Instruments,
    private readonly common: Attributes,
    private readonly maxTopics: number,
  ) {
    this.duration = instruments.histogram('messaging.client.operation.duration');
    this.sent = instruments.counter('messaging.client.sent.messages');
    this.batchRecords = instruments.histogram('holdfast.batch.records');
    this.batchSize = instruments.histogram('holdfast.batch.size');
    this.stageDuration = instruments.histogram('holdfast.stage.duration');
    this.wire = { ...common, 'holdfast.stage': 'wire' };
  }

  record(attempt: Attempt): void {
    const seconds = attempt.durationMs / 1_000;
    let sent = 0;
    for (const [attributes, group] of this.grouped(attempt)) {
      this.duration.record(seconds, attributes);
      if (group.sent > 0)
        this.unreported.set(attributes, group.sent + (this.unreported.get(attributes) ?? 0));
      sent += group.sent;
    }
    this.stageDuration.record(seconds, this.wire);
    if (sent === 0) return;
    this.batchRecords.record(attempt.records, this.common);
    this.batchSize.record(attempt.bytes, this.common);
  }

  /**
   * Adds the records sent since the last collection to the counter, once per collection. An
   * observable counter would be as cheap, but wrong under a view that removes attributes: of the
   * values that then share a series, the SDK keeps the last.
   */
  reportSent(): void {
    for (const [attributes, records] of this.unreported) {
      this.unreported.delete(attributes);
      this.sent.add(records, attributes);
    }
  }

  private grouped({ settled, servers }: Attempt): Map<Attributes, Group> {
    const destinations = (this.destinations ??= this.destinationsAt(servers));
    const groups = new Map<Attributes, Group>();
    let group: Group = { sent: 0 };
    let topic: string | undefined;
    let partition: number | undefined;
    let code: string | undefined;
    for (const { outcome, record } of settled) {
      if (outcome === undefined) continue;
      const isDelivered = outcome.status === 'delivered';
      const place = isDelivered ? outcome : record;
      const itsCode = isDelivered ? undefined : codeOf(outcome);
      // Most records share everything with the previous one and need no lookup in the maps.
      if (place.partition !== partition || place.topic !== topic || itsCode !== code) {
        topic = place.topic;
        partition = place.partition;
        code = itsCode;
        const attributes = destinations.of(topic, partition).of(code);
        const known = groups.get(attributes);
        group = known ?? { sent: 0 };
        if (known === undefined) groups.set(attributes, group);
      }
      if (isDelivered || wasSent(outcome)) group.sent++;
    }
    return groups;
  }

  private destinationsAt(servers: readonly string[]): Destinations<Series> {
    const common = {
      ...this.common,
      'messaging.operation.name': 'send',
      'messaging.operation.type': 'send',
      ...serverOf(servers),
    };
    return new Destinations(this.maxTopics, (topic, partition) => {
      // The conventions define the id of a partition as a string, as other systems name partitions.
      const id = partition === undefined ? {} : { 'messaging.destination.partition.id': String(partition) };
      return new Series({ ...common, 'messaging.destination.name': topic, ...id });
    });
  }
}
