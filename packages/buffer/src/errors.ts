import { ProducerError } from '@holdfast/core';
import type { ResolvedBufferOptions } from './options.js';

const stage = 'buffer';

const limits = ({ maxRecords, maxBytes }: ResolvedBufferOptions): string =>
  `maxRecords ${maxRecords}, maxBytes ${maxBytes}`;

export const bufferFull = (options: ResolvedBufferOptions): ProducerError =>
  new ProducerError(
    'BUFFER_FULL',
    `the buffer is full (${limits(options)}) and overflow is '${options.overflow}'`,
    {
      stage,
      retriable: true,
    },
  );

export const droppedNewest = (options: ResolvedBufferOptions): ProducerError =>
  new ProducerError('DROPPED_NEWEST', `dropped on arrival: the buffer is full (${limits(options)})`, {
    stage,
    retriable: true,
  });

export const droppedOldest = (options: ResolvedBufferOptions): ProducerError =>
  new ProducerError('DROPPED_OLDEST', `dropped for a newer record: the buffer is full (${limits(options)})`, {
    stage,
    retriable: true,
  });

export const largerThanBuffer = (bytes: number, { maxBytes }: ResolvedBufferOptions): ProducerError =>
  new ProducerError(
    'RECORD_TOO_LARGE',
    `a record of ${bytes} bytes can never fit into the buffer; its maxBytes is ${maxBytes}`,
    { stage },
  );

export const expired = (): ProducerError =>
  new ProducerError(
    'DELIVERY_TIMEOUT',
    'the delivery deadline passed while the record waited in the buffer behind records that Kafka had not taken; look at their errors, or set a longer deliveryTimeoutMs',
    { stage, retriable: true },
  );

export const closed = (): ProducerError =>
  new ProducerError('CLOSED', 'the producer was closed while the record waited in the buffer', { stage });

/** A fault of the buffer itself: a parked record has lost its page. */
export const noPage = (id: number): Error => new Error(`the buffer has no page ${id}`);
