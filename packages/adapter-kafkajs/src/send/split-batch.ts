import type { Failed } from '@holdfast/core';
import { protocolError } from '@holdfast/core/adapter';
import type { MetadataCache } from '../cluster/metadata-cache.js';
import type { Outstanding } from './outstanding.js';
import { applyResult, type ProduceResult } from './produce-result.js';
import type { RecordBatch } from './record-batch.js';

/** The parts of a batch that was refused as a whole. */
export interface SplitBatch {
  /** Sent in this order, in the batch's place. */
  readonly again: readonly RecordBatch[];
  /** Have their outcome. */
  readonly ended: readonly RecordBatch[];
}

export interface SplitContext {
  readonly outstanding: Outstanding;
  readonly metadata: MetadataCache;
}

/**
 * Splits a batch whose records are too large together, or some of which are invalid. When the
 * broker names the invalid ones, they fail and the others go on; else the records go on in halves.
 * A record that is refused alone has failed. Returns `undefined` when the batch is not to be split.
 */
export function splitIfRefused(
  batch: RecordBatch,
  result: ProduceResult,
  { outstanding, metadata }: SplitContext,
): SplitBatch | undefined {
  if (batch.ended || batch.unresolved !== undefined || batch.deliveries.length < 2) return undefined;
  if (result.status !== 'failed') return undefined;
  const { code, kafka, retriable } = result.error;
  if (batch.recordErrors.size > 0 && !retriable) return withoutRefused(batch, result, outstanding);
  const isTooLarge = code === 'RECORD_TOO_LARGE';
  const isOfOneRecord =
    code === 'INVALID_RECORD' || (kafka !== undefined && protocolError(kafka.code).splittable);
  if (!isTooLarge && !isOfOneRecord) return undefined;
  if (isTooLarge) metadata.lowerBatchLimit(batch.topic, batch.bytes);
  const again = batch.halves();
  outstanding.replace(batch, again);
  return { again, ended: [] };
}

function withoutRefused(
  batch: RecordBatch,
  result: Failed,
  outstanding: Outstanding,
): SplitBatch | undefined {
  if (batch.recordErrors.size === batch.deliveries.length) return undefined;
  const { rest, refused } = batch.separated();
  outstanding.replace(batch, [rest, refused]);
  applyResult(refused, result);
  return { again: [rest], ended: [refused] };
}
