import { ProducerError, type Outcome } from '@holdfast/core';
import { failed, unknown, type Delivery } from '@holdfast/core/stage';

let offset = 0;

export const delivered = ({ record: { topic, partition, timestamp } }: Delivery): Outcome => ({
  status: 'delivered',
  topic,
  partition: partition ?? 0,
  offset: offset++,
  timestamp,
});

export const failedForNow = (): Outcome =>
  failed(new ProducerError('LEADER_UNAVAILABLE', 'the leader is being elected', { retriable: true }));

export const failedForGood = (): Outcome =>
  failed(new ProducerError('RECORD_TOO_LARGE', 'the broker takes no such record', { retriable: false }));

export const failedUntilLater = (): Outcome =>
  failed(new ProducerError('CIRCUIT_OPEN', 'the circuit is open', { retriable: true, retryAfter: 700 }));

export const failedForLong = (): Outcome =>
  failed(new ProducerError('CIRCUIT_OPEN', 'the circuit is open', { retriable: true, retryAfter: 60_000 }));

export const unknownForNow = (): Outcome =>
  unknown(new ProducerError('REQUEST_TIMED_OUT', 'no answer in time', { retriable: true }));

export const unknownForGood = (): Outcome =>
  unknown(new ProducerError('STAGE_FAILED', "the stage 'below' threw", { retriable: false }));

export const deadLettered = (): Outcome => ({
  status: 'dead-lettered',
  to: 'orders.dlq',
  error: new ProducerError('RECORD_TOO_LARGE', 'the broker takes no such record'),
});

export const accepted = (): Outcome => ({ status: 'accepted', by: 'below' });
