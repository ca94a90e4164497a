import type { ProducerId } from '../wire/encode-batch.js';
import { ProducerError, type Failed, type Unknown } from '@holdfast/core';
import { brokerOutcome } from '@holdfast/core/adapter';
import { failed, spoiltRecord, unknown } from '@holdfast/core/stage';
import { stage } from '../errors.js';
import type { Lot } from './record-batch.js';
import type { Settings } from '../options.js';
import type { PartitionAnswer, ProduceAnswer } from '../wire/decode-produce.js';
import type { ProduceRequest } from '../wire/encode-produce.js';

/** What became of a lot, from the broker's answer for its partition or from the lack of one. */
export type Verdict =
  | { readonly status: 'delivered'; readonly answer: PartitionAnswer | undefined }
  | Failed
  | Unknown;

/** Of the time for a request; the rest is for the leader's answer that its replicas took too long. */
const replicasShare = 0.9;

/** Characters of what a broker says of a record. */
const mostReason = 200;

export interface Judged {
  readonly lot: Lot;
  readonly verdict: Verdict;
}

/** Lots that go to one broker together, each for a partition of its own. */
export class Request {
  private readonly byTopic = new Map<string, Map<number, Lot>>();
  private records = 0;
  private bytes = 0;
  private producer: ProducerId | undefined;
  /** kafkajs has begun to write it. */
  private encoded = false;
  /** Called when it is encoded. */
  whenEncoded: (() => void) | undefined;

  constructor(private readonly settings: Settings) {}

  /** False when there is no room for `lot`, its partition is taken, or it is sent under another producer id. */
  add(lot: Lot): boolean {
    const { maxRequestRecords, maxRequestBytes } = this.settings;
    const records = this.records + lot.deliveries.length;
    const bytes = this.bytes + lot.bytes;
    if (this.records > 0 && (records > maxRequestRecords || bytes > maxRequestBytes)) return false;
    if (this.records > 0 && this.producer !== lot.producer) return false;
    let partitions = this.byTopic.get(lot.topic);
    if (partitions?.has(lot.partition)) return false;
    if (partitions === undefined) this.byTopic.set(lot.topic, (partitions = new Map<number, Lot>()));
    partitions.set(lot.partition, lot);
    this.records = records;
    this.bytes = bytes;
    this.producer = lot.producer;
    return true;
  }

  /** Takes out those lots of which it is true, and answers with them. */
  without(isOut: (lot: Lot) => boolean): Lot[] {
    const out = this.lots().filter(isOut);
    for (const { topic, partition } of out) {
      const partitions = this.byTopic.get(topic);
      partitions?.delete(partition);
      if (partitions?.size === 0) this.byTopic.delete(topic);
    }
    return out;
  }

  lots(): Lot[] {
    return [...this.byTopic.values()].flatMap((partitions) => [...partitions.values()]);
  }

  /** From now on a part of it may be on the wire. */
  readonly onEncoded = (): void => {
    this.encoded = true;
    for (const lot of this.lots()) lot.encoded = true;
    this.whenEncoded?.();
  };

  sharesPartition({ byTopic }: Request): boolean {
    for (const [topic, partitions] of this.byTopic) {
      for (const partition of byTopic.get(topic)?.keys() ?? []) if (partitions.has(partition)) return true;
    }
    return false;
  }

  /** For the wire. Throws `INVALID_RECORD` when one of its records cannot be encoded. */
  toProtocol(): ProduceRequest {
    this.throwIfSpoilt();
    const { acks, requestTimeoutMs, codec } = this.settings;
    const timeoutMs = Math.ceil(requestTimeoutMs * replicasShare);
    return { acks, timeoutMs, codec, producer: this.producer, topics: this.byTopic };
  }

  /** A user may transfer away a record's memory at any time: it would be encoded as empty. */
  private throwIfSpoilt(): void {
    for (const { deliveries } of this.lots()) {
      for (const { record } of deliveries) {
        const problem = spoiltRecord(record);
        if (problem !== undefined) throw problem;
      }
    }
  }

  /** The broker has answered; with `acks: 0` there is no answer, and what was written counts as delivered. */
  judge(answer: ProduceAnswer | undefined, noAnswer: () => ProducerError): Judged[] {
    if (answer === undefined)
      return this.lots().map((lot) => ({ lot, verdict: { status: 'delivered', answer } }));
    const answers = new Map<Lot, PartitionAnswer>();
    for (const { name, partitions } of answer.topics) {
      for (const one of partitions) {
        const lot = this.byTopic.get(name)?.get(one.partition);
        if (lot !== undefined) answers.set(lot, one);
      }
    }
    return this.lots().map((lot) => ({ lot, verdict: verdictOf(lot, answers.get(lot), noAnswer) }));
  }

  /** No answer will come. What was never encoded is certainly not written. */
  judgeWithout(error: ProducerError): Judged[] {
    const verdict = this.encoded ? unknown(error) : failed(error);
    return this.lots().map((lot) => ({ lot, verdict }));
  }
}

function verdictOf(lot: Lot, answer: PartitionAnswer | undefined, noAnswer: () => ProducerError): Verdict {
  const { topic, partition } = lot;
  if (answer === undefined) return unknown(noAnswer());
  if (answer.errorCode === 0) return { status: 'delivered', answer };
  const places = answer.recordErrors.filter(({ index }) => index >= 0 && index < lot.deliveries.length);
  lot.blamed = new Map(places.map(({ index, message }) => [index, message]));
  return brokerOutcome(answer.errorCode, { topic, partition, stage });
}

/** Gives each delivery of `lot` its outcome. */
export function applyVerdict(lot: Lot, verdict: Verdict): void {
  if (lot.settled) return;
  if (verdict.status !== 'delivered') {
    for (const [index, delivery] of lot.deliveries.entries()) {
      const reason = lot.blamed.get(index);
      delivery.outcome = reason === undefined ? verdict : blamedFor(reason, verdict);
    }
    return;
  }
  const { topic, partition } = lot;
  const base = verdict.answer?.baseOffset ?? -1;
  const appendTime = verdict.answer?.logAppendTime ?? -1;
  for (const [index, delivery] of lot.deliveries.entries()) {
    const timestamp = appendTime >= 0 ? appendTime : delivery.record.timestamp;
    const offset = base >= 0 ? base + index : -1;
    delivery.outcome = { status: 'delivered', topic, partition, offset, timestamp };
  }
}

/** The broker's own words, which are about the record's form. */
function blamedFor(reason: string, { status, error }: Failed | Unknown): Failed | Unknown {
  const { code, message, kafka, retriable, retryAfter } = error;
  const said = `${message}: ${reason.slice(0, mostReason)}`;
  const told = new ProducerError(code, said, { kafka, retriable, retryAfter, stage });
  return status === 'failed' ? failed(told) : unknown(told);
}
