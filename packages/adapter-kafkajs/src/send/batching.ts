import type { Partitioner, ProducerError } from '@holdfast/core';
import { brokerOutcome, type TopicPartitions } from '@holdfast/core/adapter';
import {
  failed,
  spoiltRecord,
  type Delivery,
  type SerializedRecord,
  type Settle,
} from '@holdfast/core/stage';
import type { CachedTopic, MetadataCache } from '../cluster/metadata-cache.js';
import { noSuchPartition, partitionerThrew, stage, tooLarge } from '../errors.js';
import { largestRequestBytes } from '../options.js';
import { wireBytes } from '../wire/encode-batch.js';
import { OpenBatches } from './open-batches.js';
import { RecordBatch } from './record-batch.js';

/**
 * Metadata younger than this, ms, that lacks a topic or partition is believed: it is not requested
 * again.
 */
const negativeMetadataMs = 100;

const unknownTopic = 3;

export interface BatchedDeliveries {
  readonly batches: RecordBatch[];
  /** Metadata about their topic has to be requested first. */
  readonly awaitingMetadata: Delivery[];
  /** They have their outcome. */
  readonly refused: Delivery[];
}

export interface BatchingContext {
  readonly metadata: MetadataCache;
  /** The user's own, if there is one. */
  readonly partitioner: Partitioner | undefined;
  readonly byDefault: (record: SerializedRecord, partitions: TopicPartitions) => number;
  /** See {@link TopicPartitions.batch}. */
  readonly batchNumber: number;
  readonly maxRecords: number;
  readonly maxBytes: number;
  /** Monotonic ms. */
  readonly now: number;
  /** A request for a topic may create it. */
  readonly mayCreate: boolean;
  /** The topics have just been requested: one that is still missing is refused. */
  readonly final: boolean;
}

/**
 * Chooses the partition of each record, and puts those of one partition into batches of at most one
 * request's size.
 */
export function batchByPartition(
  deliveries: readonly Delivery[],
  settle: Settle,
  context: BatchingContext,
): BatchedDeliveries {
  const result: BatchedDeliveries = { batches: [], awaitingMetadata: [], refused: [] };
  const byTopic = new Map<string, TopicBatcher>();
  let last: TopicBatcher | undefined;
  for (const delivery of deliveries) {
    const problem = spoiltRecord(delivery.record);
    if (problem !== undefined) {
      refuse(delivery, problem, result);
      continue;
    }
    const { topic } = delivery.record;
    if (last?.name !== topic) {
      last = byTopic.get(topic);
      if (last === undefined) byTopic.set(topic, (last = new TopicBatcher(topic, settle, context, result)));
    }
    last.add(delivery);
  }
  return result;
}

class TopicBatcher {
  private readonly topic: CachedTopic | undefined;
  private readonly view: TopicPartitions;
  private readonly isFresh: boolean;
  private readonly maxBytes: number;
  private readonly open: (OpenBatches | undefined)[] = [];

  constructor(
    readonly name: string,
    private readonly settle: Settle,
    private readonly context: BatchingContext,
    private readonly result: BatchedDeliveries,
  ) {
    const { metadata, now, final, mayCreate, maxBytes, batchNumber } = context;
    metadata.markUsed(name, now);
    this.topic = metadata.get(name);
    this.view = {
      ...(this.topic?.partitions ?? { topic: name, count: 0, available: [] }),
      batch: batchNumber,
    };
    const age = this.topic === undefined ? Infinity : now - this.topic.fetchedAt;
    this.isFresh = final || (!mayCreate && age < negativeMetadataMs);
    this.maxBytes = metadata.batchLimit(name, maxBytes);
  }

  add(delivery: Delivery): void {
    const { topic } = this;
    if (topic === undefined || topic.errorCode !== 0) {
      this.missing(delivery, topic?.errorCode ?? unknownTopic);
      return;
    }
    const chosen = this.choose(delivery.record);
    if (typeof chosen === 'number') this.put(delivery, chosen);
    else if (this.isFresh || delivery.record.partition === undefined) this.refuse(delivery, chosen);
    else this.result.awaitingMetadata.push(delivery);
  }

  private choose(record: SerializedRecord): number | ProducerError {
    const { view, context } = this;
    const { count } = view;
    const wanted = record.partition;
    if (wanted !== undefined)
      return wanted < count ? wanted : noSuchPartition(this.name, wanted, count, 'the record');
    try {
      const chosen = context.partitioner?.(record, view) ?? context.byDefault(record, view);
      return Number.isInteger(chosen) && chosen >= 0 && chosen < count
        ? chosen
        : noSuchPartition(this.name, chosen, count, 'the partitioner');
    } catch (cause) {
      return partitionerThrew(this.name, cause);
    }
  }

  private put(delivery: Delivery, partition: number): void {
    const bytes = wireBytes(delivery.record);
    if (bytes > largestRequestBytes) {
      const what = `topic '${this.name}', partition ${partition}: the record`;
      return this.refuse(delivery, tooLarge(what, bytes, largestRequestBytes));
    }
    const batches = (this.open[partition] ??= this.openBatches(partition));
    batches.add(delivery, bytes);
  }

  private openBatches(partition: number): OpenBatches {
    const { maxBytes, context } = this;
    return new OpenBatches({ now: context.now, maxRecords: context.maxRecords, maxBytes }, () => {
      const batch = new RecordBatch(this.name, partition, this.settle);
      this.result.batches.push(batch);
      return batch;
    });
  }

  private missing(delivery: Delivery, code: number): void {
    if (!this.isFresh) {
      this.result.awaitingMetadata.push(delivery);
      return;
    }
    delivery.outcome = brokerOutcome(code, { topic: this.name, stage });
    this.result.refused.push(delivery);
  }

  private refuse(delivery: Delivery, error: ProducerError): void {
    refuse(delivery, error, this.result);
  }
}

function refuse(delivery: Delivery, error: ProducerError, { refused }: BatchedDeliveries): void {
  delivery.outcome = failed(error);
  refused.push(delivery);
}
