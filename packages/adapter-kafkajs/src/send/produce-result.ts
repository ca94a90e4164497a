import type { Failed, Unknown } from '@holdfast/core';
import { brokerOutcome } from '@holdfast/core/adapter';
import { failed, unknown } from '@holdfast/core/stage';
import { notConfirmedInTime, partitionMissing, recordRefused, stage } from '../errors.js';
import type { PartitionResponse } from '../wire/decode-produce.js';
import type { RecordBatch } from './record-batch.js';

/** What became of a batch, by the broker's response for its partition or by the lack of one. */
export type ProduceResult =
  | { readonly status: 'delivered'; readonly response: PartitionResponse | undefined }
  | Failed
  | Unknown;

export interface BatchResult {
  readonly batch: RecordBatch;
  readonly result: ProduceResult;
}

/** The most characters of a broker's message about a record. */
const longestMessage = 200;

/** Returns the result that a response has for `batch`; `response`: the part for its partition. */
export function resultOf(
  batch: RecordBatch,
  response: PartitionResponse | undefined,
  address: string,
): ProduceResult {
  const { topic, partition } = batch;
  if (response === undefined) return unknown(partitionMissing(address));
  if (response.errorCode === 0) return { status: 'delivered', response };
  const errors = response.recordErrors.filter(({ index }) => index >= 0 && index < batch.deliveries.length);
  batch.recordErrors = new Map(errors.map(({ index, message }) => [index, message]));
  return brokerOutcome(response.errorCode, { topic, partition, stage });
}

/**
 * Returns the result at a delivery deadline. Once kafkajs has the request, it may be written at any
 * time.
 */
export function pastDeadline({ maybeWritten, handedOver, topic, partition }: RecordBatch): Failed | Unknown {
  const maybeSent = maybeWritten || handedOver;
  const error = notConfirmedInTime(topic, partition, maybeSent);
  return maybeSent ? unknown(error) : failed(error);
}

/** Gives each delivery of `batch` its outcome. */
export function applyResult(batch: RecordBatch, result: ProduceResult): void {
  if (batch.ended) return;
  batch.ended = true;
  if (result.status !== 'delivered') {
    for (const [index, delivery] of batch.deliveries.entries()) {
      const message = batch.recordErrors.get(index);
      delivery.outcome = message === undefined ? result : withMessage(result, message);
    }
    return;
  }
  const { topic, partition } = batch;
  const base = result.response?.baseOffset ?? -1;
  const appendTime = result.response?.logAppendTime ?? -1;
  for (const [index, delivery] of batch.deliveries.entries()) {
    const timestamp = appendTime >= 0 ? appendTime : delivery.record.timestamp;
    const offset = base >= 0 ? base + index : -1;
    delivery.outcome = { status: 'delivered', topic, partition, offset, timestamp };
  }
}

/** The broker's message is about the record's form, and quotes nothing of it. */
function withMessage({ status, error }: Failed | Unknown, message: string): Failed | Unknown {
  const own = recordRefused(error, message.slice(0, longestMessage));
  return status === 'failed' ? failed(own) : unknown(own);
}
