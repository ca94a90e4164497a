import type { Delivery } from '@holdfast/core/stage';
import type { SentBatch, TopicInFlight, TopicPart } from './topic-in-flight.js';

/** A batch that was sent: what of it is still unsettled, in total and for each of its topics. */
export class InFlightBatch implements SentBatch {
  records = 0;
  bytes = 0;
  private first: TopicPart | undefined;
  /** Only when it has records of more than one topic. */
  private parts: Map<string, TopicPart> | undefined;

  constructor(readonly sentAt: number) {}

  add(topic: TopicInFlight, records: number): void {
    const part = topic.add(this, records);
    this.records += records;
    if (this.first === undefined) this.first = part;
    else if (part !== this.first) {
      this.parts ??= new Map([[this.first.topic.name, this.first]]);
      this.parts.set(topic.name, part);
    }
  }

  /**
   * Subtracts the settled records and calls `onTopic` for each topic they belong to. Returns the
   * bytes that are free again: a proportional share of what was sent, as a stage below may have
   * changed the size of a record.
   */
  settle(settled: readonly Delivery[], now: number, onTopic: (topic: TopicInFlight) => void): number {
    // A stage that mixes up its batches may settle more than there were: that must not wedge the
    // bounds.
    const all = settled.length >= this.records;
    const bytes = all ? this.bytes : Math.floor((this.bytes * settled.length) / this.records);
    this.records = all ? 0 : this.records - settled.length;
    this.bytes -= bytes;
    if (this.parts === undefined) {
      if (this.first !== undefined) {
        settlePart(this.first, settled.length, settled.some(isDelivered), now);
        onTopic(this.first.topic);
      }
    } else {
      this.settleRuns(this.parts, settled, now, onTopic);
      if (all) this.settleRest(this.parts, now, onTopic);
    }
    return bytes;
  }

  private settleRuns(
    parts: ReadonlyMap<string, TopicPart>,
    settled: readonly Delivery[],
    now: number,
    onTopic: (topic: TopicInFlight) => void,
  ): void {
    let name: string | undefined;
    let records = 0;
    let delivered = false;
    const endRun = (): void => {
      const part = name === undefined ? undefined : parts.get(name);
      // A stage below gave the record another topic: it is subtracted once all the others are
      // settled.
      if (part === undefined) return;
      settlePart(part, records, delivered, now);
      onTopic(part.topic);
    };
    for (const delivery of settled) {
      const { topic } = delivery.record;
      if (topic !== name) {
        endRun();
        name = topic;
        records = 0;
        delivered = false;
      }
      records++;
      delivered ||= isDelivered(delivery);
    }
    endRun();
  }

  private settleRest(
    parts: ReadonlyMap<string, TopicPart>,
    now: number,
    onTopic: (topic: TopicInFlight) => void,
  ): void {
    for (const part of parts.values()) {
      if (part.unsettled === 0) continue;
      settlePart(part, part.unsettled, false, now);
      onTopic(part.topic);
    }
  }
}

function settlePart(part: TopicPart, records: number, delivered: boolean, now: number): void {
  const { topic } = part;
  topic.settle(part, records);
  if (!delivered) return;
  topic.deliveredAt = now;
  topic.deliveredSentAt = Math.max(topic.deliveredSentAt, part.batch.sentAt);
}

/** Kafka or a stage below has taken it, so its topic works. */
const isDelivered = ({ outcome }: Delivery): boolean =>
  outcome !== undefined && outcome.status !== 'failed' && outcome.status !== 'unknown';
