import type { ProducerError } from '@holdfast/core';
import type { Delivery } from '@holdfast/core/stage';
import { hungUpRepeatedly } from '../errors.js';
import type { RecordBatch } from './record-batch.js';

/**
 * Kafka's own default for a record batch (`max.message.bytes`). A broker does not hang up on a
 * smaller one.
 */
const largeBytes = 1024 * 1024;
const mostDisconnects = 3;

/**
 * Counts how often a broker hung up on a large record, alone in its request. A broker that takes no
 * request so large ends the connection without a word, with all that is in flight over it.
 */
export class LargeRecordDisconnects {
  private readonly counts = new WeakMap<Delivery, number>();

  /**
   * Notes that the request of `batches` was answered, or failed with `error`. Returns why it is
   * useless to send it again, if it is.
   */
  note(batches: readonly RecordBatch[], error: ProducerError | undefined): ProducerError | undefined {
    const [batch] = batches;
    const [delivery] = batch?.deliveries ?? [];
    if (batch === undefined || delivery === undefined || batches.length > 1 || !mayExceedBrokerLimit(batch))
      return undefined;
    const count = (this.counts.get(delivery) ?? 0) + 1;
    if (error?.code !== 'CONNECTION_LOST' || !batch.encoded) {
      this.counts.delete(delivery);
      return undefined;
    }
    this.counts.set(delivery, count);
    return count < mostDisconnects ? undefined : hungUpRepeatedly(batch, count, error);
  }
}

/** A broker may refuse a request so large by ending the connection. */
export const mayExceedBrokerLimit = ({ deliveries, bytes }: RecordBatch): boolean =>
  deliveries.length === 1 && bytes > largeBytes;
