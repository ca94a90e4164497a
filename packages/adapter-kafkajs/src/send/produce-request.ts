import type { ProducerError } from '@holdfast/core';
import { failed, spoiltRecord, unknown } from '@holdfast/core/stage';
import type { Settings } from '../options.js';
import type { PartitionResponse, ProduceResponse } from '../wire/decode-produce.js';
import type { ProducerId } from '../wire/encode-batch.js';
import type { ProduceRequestData } from '../wire/encode-produce.js';
import { resultOf, type BatchResult } from './produce-result.js';
import type { RecordBatch } from './record-batch.js';

/**
 * The replicas' share of a request's time. The rest is for the leader's answer that they took too
 * long.
 */
const replicasShare = 0.9;

/** Batches that go to one broker together, each for a partition of its own. */
export class ProduceRequest {
  private readonly byTopic = new Map<string, Map<number, RecordBatch>>();
  private records = 0;
  private bytes = 0;
  private producer: ProducerId | undefined;
  /** kafkajs has begun to write it. */
  private encoded = false;
  /** Called when it is encoded. */
  whenEncoded: (() => void) | undefined;

  constructor(private readonly settings: Settings) {}

  /**
   * Returns false when there is no room for `batch`, its partition is taken, or it has another
   * producer id.
   */
  add(batch: RecordBatch): boolean {
    const { maxRequestRecords, maxRequestBytes } = this.settings;
    const records = this.records + batch.deliveries.length;
    const bytes = this.bytes + batch.bytes;
    if (this.records > 0 && (records > maxRequestRecords || bytes > maxRequestBytes)) return false;
    if (this.records > 0 && this.producer !== batch.producer) return false;
    let partitions = this.byTopic.get(batch.topic);
    if (partitions?.has(batch.partition)) return false;
    if (partitions === undefined)
      this.byTopic.set(batch.topic, (partitions = new Map<number, RecordBatch>()));
    partitions.set(batch.partition, batch);
    this.records = records;
    this.bytes = bytes;
    this.producer = batch.producer;
    return true;
  }

  /** Removes the batches for which `isOut` is true, and returns them. */
  without(isOut: (batch: RecordBatch) => boolean): RecordBatch[] {
    const out = this.batches().filter(isOut);
    for (const { topic, partition } of out) {
      const partitions = this.byTopic.get(topic);
      partitions?.delete(partition);
      if (partitions?.size === 0) this.byTopic.delete(topic);
    }
    return out;
  }

  get isEmpty(): boolean {
    return this.byTopic.size === 0;
  }

  batches(): RecordBatch[] {
    return [...this.byTopic.values()].flatMap((partitions) => [...partitions.values()]);
  }

  /** From now on a part of it may be on the wire. */
  readonly onEncoded = (): void => {
    this.encoded = true;
    for (const batch of this.batches()) batch.encoded = true;
    this.whenEncoded?.();
  };

  sharesPartition({ byTopic }: ProduceRequest): boolean {
    for (const [topic, partitions] of this.byTopic) {
      for (const partition of byTopic.get(topic)?.keys() ?? []) if (partitions.has(partition)) return true;
    }
    return false;
  }

  /** Returns what is encoded. Throws `INVALID_RECORD` when one of its records cannot be. */
  data(): ProduceRequestData {
    this.throwIfSpoilt();
    const { acks, requestTimeoutMs, codec } = this.settings;
    const timeoutMs = Math.ceil(requestTimeoutMs * replicasShare);
    return { acks, timeoutMs, codec, producer: this.producer, topics: this.byTopic };
  }

  /** A user may transfer a record's memory away at any time. It would be encoded as empty. */
  private throwIfSpoilt(): void {
    for (const { deliveries } of this.batches()) {
      for (const { record } of deliveries) {
        const problem = spoiltRecord(record);
        if (problem !== undefined) throw problem;
      }
    }
  }

  /**
   * Returns the results that `response` has for its batches. `undefined`: with `acks: 0` there is
   * no response, and what was written counts as delivered.
   */
  resultsOf(response: ProduceResponse | undefined, address: string): BatchResult[] {
    if (response === undefined)
      return this.batches().map((batch) => ({ batch, result: { status: 'delivered', response } }));
    const parts = new Map<RecordBatch, PartitionResponse>();
    for (const { name, partitions } of response.topics) {
      for (const part of partitions) {
        const batch = this.byTopic.get(name)?.get(part.partition);
        if (batch !== undefined) parts.set(batch, part);
      }
    }
    return this.batches().map((batch) => ({ batch, result: resultOf(batch, parts.get(batch), address) }));
  }

  /**
   * Returns the results when no response will come. What was never encoded is certainly not
   * written.
   */
  resultsWithout(error: ProducerError): BatchResult[] {
    const result = this.encoded ? unknown(error) : failed(error);
    return this.batches().map((batch) => ({ batch, result }));
  }
}
