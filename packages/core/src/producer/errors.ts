import { ProducerError } from '../contract/error.js';

// The errors of records that the producer's own edge ends.

export const closed = (): ProducerError =>
  new ProducerError('CLOSED', 'the producer is closed; make a new one with createProducer');

export const noRoomNow = (): ProducerError =>
  new ProducerError(
    'BUFFER_FULL',
    'there is no room in the chain and fireAndForget does not wait; use send, or wait for producer.ready()',
    { retriable: true },
  );

/** `limit`: the option and its value. */
export const expired = (limit: string): ProducerError =>
  new ProducerError(
    'DELIVERY_TIMEOUT',
    `no room in the chain within ${limit}: records come faster than Kafka takes them`,
    { retriable: true },
  );

export const blocked = (limit: string): ProducerError =>
  new ProducerError(
    'BLOCK_TIMEOUT',
    `no room in the chain within ${limit}: records come faster than Kafka takes them`,
    { retriable: true },
  );

export const serializerTooSlow = (limit: string): ProducerError =>
  new ProducerError('SERIALIZER_FAILED', `a serializer gave no answer within ${limit}`, { retriable: true });

export const neverSettled = (): ProducerError =>
  new ProducerError('CLOSE_TIMEOUT', 'the producer was closed and no stage settled this record in time');

export const asProducerError = (error: unknown): ProducerError =>
  ProducerError.is(error)
    ? error
    : new ProducerError('SERIALIZER_FAILED', "a serializer failed; 'cause' has its error", { cause: error });
