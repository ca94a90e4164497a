import { ProducerError, type Partitioner } from '@holdfast/core';
import { brokerOutcome, type TopicPartitions } from '@holdfast/core/adapter';
import {
  failed,
  spoiltRecord,
  type Delivery,
  type SerializedRecord,
  type Settle,
} from '@holdfast/core/stage';
import { stage, tooLarge } from '../errors.js';
import { RecordBatch } from './record-batch.js';
import { wireBytes } from '../wire/encode-batch.js';
import { largestRequestBytes } from '../options.js';
import type { Topic, MetadataCache } from '../cluster/metadata-cache.js';

/** Younger than this, an answer that a topic or partition is not there counts as an answer for this record, too. */
const negativeAnswerMs = 100;

export interface BatchedDeliveries {
  readonly batches: RecordBatch[];
  /** Their topic has to be asked for first. */
  readonly unresolved: Delivery[];
  /** They have their outcome. */
  readonly refused: Delivery[];
}

export interface BatchingContext {
  readonly metadata: MetadataCache;
  /** The user's own, if he has one. */
  readonly partitioner: Partitioner | undefined;
  readonly byDefault: (record: SerializedRecord, partitions: TopicPartitions) => number;
  /** See {@link TopicPartitions.batch}. */
  readonly batchNumber: number;
  readonly maxRecords: number;
  readonly maxBytes: number;
  /** Monotonic ms. */
  readonly now: number;
  /** Asking for a topic may bring it into being. */
  readonly mayCreate: boolean;
  /** The topics have just been asked for: what is not there now is refused. */
  readonly final: boolean;
}

/** Fixes the partition of every record, and puts those of one partition together, as many as one request may have. */
export function batchByPartition(
  deliveries: readonly Delivery[],
  settle: Settle,
  context: BatchingContext,
): BatchedDeliveries {
  const result: BatchedDeliveries = { batches: [], unresolved: [], refused: [] };
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
  private readonly topic: Topic | undefined;
  private readonly view: TopicPartitions;
  private readonly isFresh: boolean;
  private readonly maxBytes: number;
  private readonly open: (RecordBatch | undefined)[] = [];

  constructor(
    readonly name: string,
    private readonly settle: Settle,
    private readonly context: BatchingContext,
    private readonly result: BatchedDeliveries,
  ) {
    const { metadata, now, final, mayCreate, maxBytes, batchNumber } = context;
    metadata.use(name, now);
    this.topic = metadata.get(name);
    this.view = {
      ...(this.topic?.partitions ?? { topic: name, count: 0, available: [] }),
      batch: batchNumber,
    };
    const age = this.topic === undefined ? Infinity : now - this.topic.fetchedAt;
    this.isFresh = final || (!mayCreate && age < negativeAnswerMs);
    this.maxBytes = metadata.limitOf(name, maxBytes);
  }

  add(delivery: Delivery): void {
    const { topic } = this;
    if (topic === undefined || topic.errorCode !== 0) return this.notThere(delivery, topic?.errorCode ?? 3);
    const chosen = this.choose(delivery.record);
    if (typeof chosen === 'number') this.put(delivery, chosen);
    else if (this.isFresh || delivery.record.partition === undefined) this.refuse(delivery, chosen);
    else this.result.unresolved.push(delivery);
  }

  private choose(record: SerializedRecord): number | ProducerError {
    const { view, context } = this;
    const { count } = view;
    const asked = record.partition;
    if (asked !== undefined) return asked < count ? asked : noSuchPartition(this.name, asked, count);
    try {
      const chosen = context.partitioner?.(record, view) ?? context.byDefault(record, view);
      return Number.isInteger(chosen) && chosen >= 0 && chosen < count
        ? chosen
        : noSuchPartition(this.name, chosen, count, 'the partitioner chose it');
    } catch (cause) {
      return new ProducerError('UNKNOWN_PARTITION', `topic '${this.name}': the partitioner threw`, {
        cause,
        stage,
      });
    }
  }

  private put(delivery: Delivery, partition: number): void {
    const bytes = wireBytes(delivery.record);
    if (bytes > largestRequestBytes) {
      const what = `topic '${this.name}', partition ${partition}: the record`;
      return this.refuse(delivery, tooLarge(what, bytes, largestRequestBytes));
    }
    let batch = this.open[partition];
    if (batch === undefined || isFull(batch, bytes, this.context.maxRecords, this.maxBytes)) {
      const next = new RecordBatch(this.name, partition, this.settle);
      batch?.linkTo(next);
      batch = this.open[partition] = next;
      this.result.batches.push(batch);
    }
    batch.deliveries.push(delivery);
    batch.bytes += bytes;
  }

  private notThere(delivery: Delivery, code: number): void {
    if (!this.isFresh) this.result.unresolved.push(delivery);
    else {
      delivery.outcome = brokerOutcome(code, { topic: this.name, stage });
      this.result.refused.push(delivery);
    }
  }

  private refuse(delivery: Delivery, error: ProducerError): void {
    refuse(delivery, error, this.result);
  }
}

function refuse(delivery: Delivery, error: ProducerError, { refused }: BatchedDeliveries): void {
  delivery.outcome = failed(error);
  refused.push(delivery);
}

const isFull = (batch: RecordBatch, more: number, maxRecords: number, maxBytes: number): boolean =>
  batch.deliveries.length >= maxRecords || batch.bytes + more > maxBytes;

const noSuchPartition = (
  topic: string,
  asked: number,
  count: number,
  who = 'the record asks for it',
): ProducerError =>
  new ProducerError(
    'UNKNOWN_PARTITION',
    `topic '${topic}' has no partition ${asked} (${who}): it has ${count}, from 0`,
    { stage, field: 'partition' },
  );
