import type { Failed, ProducerError, Unknown } from '@holdfast/core';
import { failed } from '@holdfast/core/stage';
import { notWrittenBehind } from '../errors.js';
import { applyResult, pastDeadline, type ProduceResult } from './produce-result.js';
import type { RecordBatch } from './record-batch.js';

/** Batches that may be tried again must not be overtaken. */
export const blocksSuccessors = (result: ProduceResult): boolean =>
  result.status === 'unknown' || (result.status === 'failed' && result.error.retriable);

/** Fails the batches behind one that may be tried again, unsent, and returns them. */
export function failSuccessors(batch: RecordBatch, result: ProduceResult): RecordBatch[] {
  const successors = batch.successors();
  if (result.status === 'delivered' || successors.length === 0) return [];
  const outcome = notWritten(result.error);
  for (const successor of successors) applyResult(successor, outcome);
  return successors;
}

/** Gives a batch its outcome, and returns all batches that end with it. */
export function endBatch(batch: RecordBatch, outcome: Failed | Unknown): RecordBatch[] {
  applyResult(batch, outcome);
  return blocksSuccessors(outcome) ? [batch, ...failSuccessors(batch, outcome)] : [batch];
}

/**
 * Ends a batch at its delivery deadline, and returns all batches that end with it: its successors
 * must not overtake it either.
 */
export const endAtDeadline = (batch: RecordBatch): RecordBatch[] => endBatch(batch, pastDeadline(batch));

/** The outcome of records behind others that may be tried again. */
export const notWritten = (error: ProducerError): Failed => failed(notWrittenBehind(error));
