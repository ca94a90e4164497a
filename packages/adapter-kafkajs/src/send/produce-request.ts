import type { ProducerId } from '../wire/encode-batch.js';
import { ProducerError, type Failed, type Unknown } from '@holdfast/core';
import { brokerOutcome } from '@holdfast/core/adapter';
import { failed, spoiltRecord, unknown } from '@holdfast/core/stage';
import { stage } from '../errors.js';
import type { RecordBatch } from './record-batch.js';
import type { Settings } from '../options.js';
import type { PartitionResponse, ProduceResponse } from '../wire/decode-produce.js';
import type { ProduceRequestData } from '../wire/encode-produce.js';

/** What became of a batch, from the broker's answer for its partition or from the lack of one. */
export type ProduceResult =
  | { readonly status: 'delivered'; readonly answer: PartitionResponse | undefined }
  | Failed
  | Unknown;

/** Of the time for a request; the rest is for the leader's answer that its replicas took too long. */
const replicasShare = 0.9;

/** Characters of what a broker says of a record. */
const mostReason = 200;

export interface BatchResult {
  readonly batch: RecordBatch;
  readonly result: ProduceResult;
}

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

  /** False when there is no room for `batch`, its partition is taken, or it is sent under another producer id. */
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

  /** Takes out those batches of which it is true, and answers with them. */
  without(isOut: (batch: RecordBatch) => boolean): RecordBatch[] {
    const out = this.batches().filter(isOut);
    for (const { topic, partition } of out) {
      const partitions = this.byTopic.get(topic);
      partitions?.delete(partition);
      if (partitions?.size === 0) this.byTopic.delete(topic);
    }
    return out;
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

  /** For the wire. Throws `INVALID_RECORD` when one of its records cannot be encoded. */
  toProtocol(): ProduceRequestData {
    this.throwIfSpoilt();
    const { acks, requestTimeoutMs, codec } = this.settings;
    const timeoutMs = Math.ceil(requestTimeoutMs * replicasShare);
    return { acks, timeoutMs, codec, producer: this.producer, topics: this.byTopic };
  }

  /** A user may transfer away a record's memory at any time: it would be encoded as empty. */
  private throwIfSpoilt(): void {
    for (const { deliveries } of this.batches()) {
      for (const { record } of deliveries) {
        const problem = spoiltRecord(record);
        if (problem !== undefined) throw problem;
      }
    }
  }

  /** The broker has answered; with `acks: 0` there is no answer, and what was written counts as delivered. */
  resultsFrom(answer: ProduceResponse | undefined, noAnswer: () => ProducerError): BatchResult[] {
    if (answer === undefined)
      return this.batches().map((batch) => ({ batch, result: { status: 'delivered', answer } }));
    const answers = new Map<RecordBatch, PartitionResponse>();
    for (const { name, partitions } of answer.topics) {
      for (const one of partitions) {
        const batch = this.byTopic.get(name)?.get(one.partition);
        if (batch !== undefined) answers.set(batch, one);
      }
    }
    return this.batches().map((batch) => ({ batch, result: resultOf(batch, answers.get(batch), noAnswer) }));
  }

  /** No answer will come. What was never encoded is certainly not written. */
  resultsWithout(error: ProducerError): BatchResult[] {
    const result = this.encoded ? unknown(error) : failed(error);
    return this.batches().map((batch) => ({ batch, result }));
  }
}

function resultOf(
  batch: RecordBatch,
  answer: PartitionResponse | undefined,
  noAnswer: () => ProducerError,
): ProduceResult {
  const { topic, partition } = batch;
  if (answer === undefined) return unknown(noAnswer());
  if (answer.errorCode === 0) return { status: 'delivered', answer };
  const places = answer.recordErrors.filter(({ index }) => index >= 0 && index < batch.deliveries.length);
  batch.recordErrors = new Map(places.map(({ index, message }) => [index, message]));
  return brokerOutcome(answer.errorCode, { topic, partition, stage });
}

/** Gives each delivery of `batch` its outcome. */
export function applyResult(batch: RecordBatch, result: ProduceResult): void {
  if (batch.settled) return;
  if (result.status !== 'delivered') {
    for (const [index, delivery] of batch.deliveries.entries()) {
      const reason = batch.recordErrors.get(index);
      delivery.outcome = reason === undefined ? result : rejectedFor(reason, result);
    }
    return;
  }
  const { topic, partition } = batch;
  const base = result.answer?.baseOffset ?? -1;
  const appendTime = result.answer?.logAppendTime ?? -1;
  for (const [index, delivery] of batch.deliveries.entries()) {
    const timestamp = appendTime >= 0 ? appendTime : delivery.record.timestamp;
    const offset = base >= 0 ? base + index : -1;
    delivery.outcome = { status: 'delivered', topic, partition, offset, timestamp };
  }
}

/** The broker's own words, which are about the record's form. */
function rejectedFor(reason: string, { status, error }: Failed | Unknown): Failed | Unknown {
  const { code, message, kafka, retriable, retryAfter } = error;
  const said = `${message}: ${reason.slice(0, mostReason)}`;
  const told = new ProducerError(code, said, { kafka, retriable, retryAfter, stage });
  return status === 'failed' ? failed(told) : unknown(told);
}
