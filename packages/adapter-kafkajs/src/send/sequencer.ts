import { ProducerError, type Failed, type Unknown } from '@holdfast/core';
import { protocolError } from '@holdfast/core/adapter';
import { failed, unknown } from '@holdfast/core/stage';
import { stage } from '../errors.js';
import type { RecordBatch } from './record-batch.js';
import type { Outstanding } from './outstanding.js';
import { applyResult, type BatchResult, type ProduceResult } from './produce-request.js';
import type { MetadataCache } from '../cluster/metadata-cache.js';

/** Between partitioning and the brokers: when a batch may go, and what its result leads to. */
export interface Sequencer {
  /** Brokers recognise what they have already. */
  readonly idempotent: boolean;
  /** New batches, already outstanding, in the order in which they are to be written. */
  submit(batches: readonly RecordBatch[]): void;
  complete(results: readonly BatchResult[]): void;
  /** It is about to be sent over `connection`. False: not now; it is the sequencer's again, unsent. */
  mayGo(batch: RecordBatch, connection: object): boolean;
  /** Those that were refused by {@link mayGo} are out of their request. */
  takenBack(batches: readonly RecordBatch[]): void;
  /** Its delivery deadline has passed, wherever it is. A result may still come, and is too late. */
  expire(batch: RecordBatch): void;
  /** Nobody has used these topics for a while. */
  forget(topics: ReadonlySet<string>): void;
  /** All is settled: nothing is sent any more. */
  stop(): void;
}

export interface SequencerOptions {
  readonly outstanding: Outstanding;
  readonly metadata: MetadataCache;
  /** Sends batches to the leaders of their partitions; results come later. */
  readonly dispatch: (batches: readonly RecordBatch[]) => void;
}

/** The first of every line goes at once, and a result is an outcome. */
export class PlainSequencer implements Sequencer {
  readonly idempotent = false;

  constructor(private readonly options: SequencerOptions) {}

  submit(batches: readonly RecordBatch[]): void {
    this.options.dispatch(batches.filter(({ isSuccessor }) => !isSuccessor));
  }

  complete(results: readonly BatchResult[]): void {
    const ended: RecordBatch[] = [];
    const next: RecordBatch[] = [];
    for (const { batch, result } of results) {
      const split = splitIfRefused(batch, result, this.options);
      if (split !== undefined) {
        next.push(...split.again.slice(0, 1));
        ended.push(...split.ended);
        continue;
      }
      applyResult(batch, result);
      ended.push(batch);
      if (blocksSuccessors(result)) ended.push(...failSuccessors(batch, result));
      else if (batch.next !== undefined && !batch.next.settled) next.push(batch.next);
    }
    this.options.outstanding.finish(ended);
    if (next.length > 0) this.options.dispatch(next);
  }

  mayGo(): boolean {
    return true;
  }

  /** None ever is. */
  takenBack(): void {}

  expire(batch: RecordBatch): void {
    this.options.outstanding.finish(endAtDeadline(batch));
  }

  /** Knows nothing of any topic. */
  forget(): void {}

  /** Nothing waits here. */
  stop(): void {}
}

/** What is given up at its delivery deadline must not be overtaken by its successors either. Answers with all that ends. */
export function endAtDeadline(batch: RecordBatch): RecordBatch[] {
  const result = pastDeadline(batch);
  applyResult(batch, result);
  return [batch, ...failSuccessors(batch, result)];
}

/** Once kafkajs has it, nobody can say that it will not be written. */
export function pastDeadline({ maybeWritten, handedOver, topic, partition }: RecordBatch): Failed | Unknown {
  const maySo = maybeWritten || handedOver;
  const state = maySo ? 'it may still be written' : 'it was not sent';
  const error = new ProducerError(
    'REQUEST_TIMED_OUT',
    `topic '${topic}', partition ${partition}: not confirmed before its delivery deadline; ${state}`,
    { stage, retriable: true },
  );
  return maySo ? unknown(error) : failed(error);
}

/** What becomes of records that were refused together. */
export interface Split {
  /** Go on in this order, in the batch's place. */
  readonly again: readonly RecordBatch[];
  /** Have their outcome. */
  readonly ended: readonly RecordBatch[];
}

/**
 * Records that were refused together are too large together, or some of them are wrong. Where the broker says which, those fail and
 * the others go on; else they go on in halves. What is refused alone has failed.
 */
export function splitIfRefused(
  batch: RecordBatch,
  result: ProduceResult,
  { outstanding, metadata }: SequencerOptions,
): Split | undefined {
  if (batch.settled || batch.unresolved !== undefined || batch.deliveries.length < 2) return undefined;
  if (result.status !== 'failed') return undefined;
  const { code, kafka, retriable } = result.error;
  if (batch.recordErrors.size > 0 && !retriable) return withoutRejected(batch, result, outstanding);
  const isTooLarge = code === 'RECORD_TOO_LARGE';
  const isOfOne = code === 'INVALID_RECORD' || (kafka !== undefined && protocolError(kafka.code).splittable);
  if (!isTooLarge && !isOfOne) return undefined;
  if (isTooLarge) metadata.refused(batch.topic, batch.bytes);
  const again = batch.halves();
  outstanding.replace(batch, again);
  return { again, ended: [] };
}

function withoutRejected(batch: RecordBatch, result: Failed, outstanding: Outstanding): Split | undefined {
  if (batch.recordErrors.size === batch.deliveries.length) return undefined;
  const { rest, blamed } = batch.withoutRejected();
  outstanding.replace(batch, [rest, blamed]);
  applyResult(blamed, result);
  return { again: [rest], ended: [blamed] };
}

/** What may be tried again must not be overtaken. */
export const blocksSuccessors = (result: ProduceResult): boolean =>
  result.status === 'unknown' || (result.status === 'failed' && result.error.retriable);

/** The batches behind one that may be tried again fail unsent; answers with them. */
export function failSuccessors(batch: RecordBatch, result: ProduceResult): RecordBatch[] {
  const successors = batch.successors();
  if (result.status === 'delivered' || successors.length === 0) return [];
  const outcome = notWritten(result.error);
  for (const successor of successors) applyResult(successor, outcome);
  return successors;
}

/** For what is behind records that may be tried again: so can it be. */
export const notWritten = ({ code, message, kafka, retryAfter }: ProducerError): Failed =>
  failed(
    new ProducerError(
      code,
      `not written, as earlier records for its partition were not delivered: ${message}`,
      {
        kafka,
        retryAfter,
        retriable: true,
        stage,
      },
    ),
  );
