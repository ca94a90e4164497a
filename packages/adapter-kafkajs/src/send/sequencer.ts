import type { ProducerError } from '@holdfast/core';
import type { ProducerId } from '../wire/encode-batch.js';
import type { BatchResult } from './produce-result.js';
import type { RecordBatch } from './record-batch.js';

/**
 * Decides when a batch may go, and what follows from its result. It sends and settles nothing
 * itself: methods that may end batches return those that have their outcome now, and {@link take}
 * returns those to send. Settle the ended ones first: what is submitted meanwhile is taken behind
 * what waits already.
 */
export interface Sequencer {
  /** Brokers recognise records that they have already. */
  readonly idempotent: boolean;
  /** Batches wait until {@link useProducerId} or {@link producerIdFailed} is called. */
  readonly needsProducerId: boolean;
  /** When {@link resume} is due, monotonic ms; `Infinity`: nothing is paused. */
  readonly resumeAt: number;
  /** Takes new batches, already outstanding, in the order in which they are to be written. */
  submit(batches: readonly RecordBatch[]): void;
  /** Returns the batches to send now, in order. Their results go to {@link complete}. */
  take(): RecordBatch[];
  complete(results: readonly BatchResult[]): RecordBatch[];
  /**
   * Called right before `batch` is sent over `connection`. False: not now. It has to be taken out
   * of its request, and given back with {@link takeBack}.
   */
  mayGo(batch: RecordBatch, connection: object): boolean;
  takeBack(batches: readonly RecordBatch[]): RecordBatch[];
  /**
   * Ends a batch at its delivery deadline, wherever it is. A result may still come, and changes no
   * outcome.
   */
  expire(batch: RecordBatch): RecordBatch[];
  /** Ends the pauses that are due at `now`. */
  resume(now: number): RecordBatch[];
  useProducerId(id: ProducerId): void;
  producerIdFailed(error: ProducerError): RecordBatch[];
  /** Nobody has used these topics for a while. */
  forget(topics: ReadonlySet<string>): void;
}
