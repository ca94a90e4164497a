import { ProducerError } from '@holdfast/core';
import { kindOf } from '@holdfast/core/internal';
import { isReadableBytes, type SerializedRecord } from '@holdfast/core/stage';
import { stage } from '../stage.js';

// Core has checked each record, but a middleware may have set anything since, and its memory may have been transferred away. The
// client would take a part of it for something else, or throw as it does when it is dead.

/** Why a record must not go on its way; `undefined`: it may. Its headers are checked where they are read. */
export function recordProblem(record: SerializedRecord): ProducerError | undefined {
  const { topic, partition, key, value, timestamp }: Unchecked = record;
  if (typeof topic !== 'string' || topic === '') return wrong('topic', 'must be the name of a topic', topic);
  if (partition !== undefined && !isWhole(partition))
    return wrong('partition', 'must be a whole number from 0 on', partition);
  if (!isWhole(timestamp)) return wrong('timestamp', 'must be whole ms since 1970', timestamp);
  return bytesProblem('key', key) ?? bytesProblem('value', value);
}

/** The same when it has waited: what was whole then has lost its memory, or is as it was. */
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
    : wrong(field, 'must be bytes (Uint8Array) or null', bytes);

const isWhole = (value: unknown): boolean =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

export function wrong(field: string, what: string, value: unknown): ProducerError {
  const shown = typeof value === 'number' ? String(value) : kindOf(value);
  return new ProducerError('INVALID_RECORD', `${field}: ${what}, not ${shown}`, { field, stage });
}
