import type { ProducerError } from '@holdfast/core';
import { isReadableBytes, type SerializedRecord } from '@holdfast/core/stage';
import { invalidRecord } from '../errors.js';

// Core has checked each record, but a middleware may have set anything since, and its memory may
// have been transferred away. The client would take part of it for something else, or throw as it
// does when it is dead.

/**
 * Returns why a record cannot be sent; `undefined` when it can. Its headers are checked where they
 * are read.
 */
export function recordProblem(record: SerializedRecord): ProducerError | undefined {
  const { topic, partition, key, value, timestamp }: Unchecked = record;
  if (typeof topic !== 'string' || topic === '')
    return invalidRecord('topic', 'must be the name of a topic', topic);
  if (partition !== undefined && !isWhole(partition))
    return invalidRecord('partition', 'must be a whole number from 0 on', partition);
  if (!isWhole(timestamp)) return invalidRecord('timestamp', 'must be whole ms since 1970', timestamp);
  return bytesProblem('key', key) ?? bytesProblem('value', value);
}

/**
 * The same for a record that was checked before it waited: bytes that were valid then have lost
 * their memory, or are as they were.
 */
export function memoryProblem({ key, value }: SerializedRecord): ProducerError | undefined {
  if (key?.length !== 0 && value?.length !== 0) return undefined;
  return bytesProblem('key', key) ?? bytesProblem('value', value);
}

interface Unchecked {
  readonly topic: unknown;
  readonly partition: unknown;
  readonly key: unknown;
  readonly value: unknown;
  readonly timestamp: unknown;
}

const bytesProblem = (field: string, bytes: unknown): ProducerError | undefined =>
  bytes === null || isReadableBytes(bytes)
    ? undefined
    : invalidRecord(field, 'must be bytes (Uint8Array) or null', bytes);

const isWhole = (value: unknown): boolean =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
