import type { Attempt } from '@holdfast/core/stage';
import type { Attributes } from '@opentelemetry/api';
import { Destinations } from '../instruments/destinations.js';
import { hasLeft } from './was-sent.js';
import type { Instruments } from '../instruments/instruments.js';
import { codeOf, Series } from '../instruments/series.js';
import { serverOf } from '../traces/server.js';

/** How many of the records with the same attributes have left. */
interface Group {
  left: number;
}

/** From the event `attempt`: what the client was asked to send, how long that took, and how it ended. */
export class Attempts {
  private readonly duration;
  private readonly sent;
  private readonly batchRecords;
  private readonly batchSize;
  private readonly stageDuration;
  private readonly wire: Attributes;
  /** Records that have left since the SDK was told, by the attributes of their series. */
  private readonly untold = new Map<Attributes, number>();
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

  heard(attempt: Attempt): void {
    const seconds = attempt.durationMs / 1_000;
    let left = 0;
    for (const [attributes, group] of this.grouped(attempt)) {
      this.duration.record(seconds, attributes);
      if (group.left > 0) this.untold.set(attributes, group.left + (this.untold.get(attributes) ?? 0));
      left += group.left;
    }
    this.stageDuration.record(seconds, this.wire);
    if (left === 0) return;
    this.batchRecords.record(attempt.records, this.common);
    this.batchSize.record(attempt.bytes, this.common);
  }

  /**
   * Before the SDK collects: it is told once of what came since the last time. An observable counter would be as cheap, and wrong under
   * a view that takes attributes away: of the values that then share a series, the SDK keeps the last.
   */
  tellSent(): void {
    for (const [attributes, records] of this.untold) {
      this.untold.delete(attributes);
      this.sent.add(records, attributes);
    }
  }

  private grouped({ settled, servers }: Attempt): Map<Attributes, Group> {
    const destinations = (this.destinations ??= this.destinationsAt(servers));
    const groups = new Map<Attributes, Group>();
    let group: Group = { left: 0 };
    let topic: string | undefined;
    let partition: number | undefined;
    let code: string | undefined;
    for (const { outcome, record } of settled) {
      if (outcome === undefined) continue;
      const isDelivered = outcome.status === 'delivered';
      const place = isDelivered ? outcome : record;
      const itsCode = isDelivered ? undefined : codeOf(outcome);
      // Many records are as the one before, and need no look into the maps.
      if (place.partition !== partition || place.topic !== topic || itsCode !== code) {
        topic = place.topic;
        partition = place.partition;
        code = itsCode;
        const attributes = destinations.of(topic, partition).of(code);
        const known = groups.get(attributes);
        group = known ?? { left: 0 };
        if (known === undefined) groups.set(attributes, group);
      }
      if (isDelivered || hasLeft(outcome)) group.left++;
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
      // A string, as the conventions have it: other systems name their partitions.
      const id = partition === undefined ? {} : { 'messaging.destination.partition.id': String(partition) };
      return new Series({ ...common, 'messaging.destination.name': topic, ...id });
    });
  }
}
