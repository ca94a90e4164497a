import { ProducerError } from '@holdfast/core';
import type { Delivery } from '@holdfast/core/stage';
import { stage } from '../errors.js';
import type { RecordBatch } from './record-batch.js';

/** Kafka's own default for a record batch (`max.message.bytes`): what is smaller, a broker does not hang up on. */
const largeBytes = 1024 * 1024;
const mostHangUps = 3;

/**
 * Large records over which their broker hung up, each alone in its request. A broker that takes no
 * request so large ends the connection without a word, under all that is on its way over it.
 */
export class LargeRecordDisconnects {
  private readonly counts = new WeakMap<Delivery, number>();

  /**
   * The request of `batches` was answered, or came to nothing for `error`. Answers with why it is of no
   * use to send it again.
   */
  refusal(batches: readonly RecordBatch[], error: ProducerError | undefined): ProducerError | undefined {
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
    return count < mostHangUps ? undefined : hungUp(batch, count, error);
  }
}

/** A broker may take no request so large. */
export const mayExceedBrokerLimit = ({ deliveries, bytes }: RecordBatch): boolean =>
  deliveries.length === 1 && bytes > largeBytes;

const hungUp = (
  { topic, partition, bytes }: RecordBatch,
  times: number,
  cause: ProducerError,
): ProducerError =>
  new ProducerError(
    'RECORD_TOO_LARGE',
    `topic '${topic}', partition ${partition}: the connection ended ${times} times in a row over this record of ${bytes} bytes: make it smaller, or raise the brokers' socket.request.max.bytes`,
    { stage, cause, maybeWritten: true },
  );
