import { isReadableBytes, kindOf, ProducerError, type SerializedRecord } from '@holdfast/core';
import { stage } from './stage.js';

// Core has checked each record, but a middleware may have set anything since, and its memory may have been transferred away. The
// client would take a part of it for something else, or throw as it does when it is dead.

/** Why a record cannot be given a partition; `undefined`: it can. */
export function placeProblem(record: SerializedRecord): ProducerError | undefined {
  const { topic, partition, key }: Unchecked = record;
  if (typeof topic !== 'string' || topic === '') return wrong('topic', 'must be the name of a topic', topic);
  if (partition !== undefined && !isWhole(partition))
    return wrong('partition', 'must be a whole number from 0 on', partition);
  return keyProblem(key);
}

/** Why the client must not be given it. Its headers are checked where they are read. */
export function bytesProblem(record: SerializedRecord): ProducerError | undefined {
  const { key, value, timestamp }: Unchecked = record;
  if (value !== null && !isReadableBytes(value))
    return wrong('value', 'must be bytes (Uint8Array) or null', value);
  if (!isWhole(timestamp)) return wrong('timestamp', 'must be whole ms since 1970', timestamp);
  return keyProblem(key);
}

interface Unchecked {
  readonly topic: unknown;
  readonly partition: unknown;
  readonly key: unknown;
  readonly value: unknown;
  readonly timestamp: unknown;
}

const keyProblem = (key: unknown): ProducerError | undefined =>
  key === null || isReadableBytes(key) ? undefined : wrong('key', 'must be bytes (Uint8Array) or null', key);

const isWhole = (value: unknown): boolean =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

export function wrong(field: string, what: string, value: unknown): ProducerError {
  const shown = typeof value === 'number' ? String(value) : kindOf(value);
  return new ProducerError('INVALID_RECORD', `${field}: ${what}, not ${shown}`, { field, stage });
}
