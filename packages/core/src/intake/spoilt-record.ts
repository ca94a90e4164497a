import { isReadableBytes } from '../foreign/bytes.js';
import type { ProducerError } from '../contract/error.js';
import { kindOf } from '../foreign/kind-of.js';
import { headersProblem } from './own-headers.js';
import type { SerializedRecord } from '../contract/record.js';
import { invalid, placeProblem } from './validate-record.js';

interface Unchecked {
  readonly topic: unknown;
  readonly key: unknown;
  readonly value: unknown;
  readonly headers: unknown;
  readonly partition: unknown;
  readonly timestamp: unknown;
}

/**
 * Returns the `INVALID_RECORD` error of a record that cannot be sent in its present state, or
 * `undefined`. Each record was checked when it entered the producer, but a middleware may have
 * changed it since, and the caller may have transferred its bytes. An adapter calls this before it
 * chooses a record's partition, and again before it passes the record to its client.
 */
export function spoiltRecord(record: SerializedRecord): ProducerError | undefined {
  const { topic, key, value, partition, timestamp = null }: Unchecked = record;
  const problem = placeProblem(topic, partition, timestamp);
  if (problem !== undefined) return problem;
  if (key !== null && !isReadableBytes(key)) return noBytes('key', key);
  if (value !== null && !isReadableBytes(value)) return noBytes('value', value);
  return record.hasHeaders ? problemOf(record.headers) : undefined;
}

function problemOf(headers: unknown): ProducerError | undefined {
  try {
    return headersProblem(headers);
  } catch {
    return invalid('headers', 'cannot be read: a getter or a Proxy throws; use plain values');
  }
}

const noBytes = (field: string, value: unknown): ProducerError =>
  invalid(field, `must be null or bytes that can be read (Uint8Array), not ${kindOf(value)}`);
