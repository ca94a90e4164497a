import { cutName } from '../foreign/cut-name.js';
import { ProducerError } from '../contract/error.js';
import { kindOf } from '../foreign/kind-of.js';

// https://kafka.apache.org/documentation/: org.apache.kafka.common.internals.Topic, MAX_NAME_LENGTH
// and legal characters
const legalTopic = /^[a-zA-Z0-9._-]{1,249}$/;
export const largestPartition = 2 ** 31 - 1;
const severalToSendBatch = 'sendBatch([{ topic, key, value }, …])';
const known = new Set(['topic', 'key', 'value', 'headers', 'partition', 'timestamp', 'deliveryTimeoutMs']);

/** Returns the problem of a value that is not a record at all, or `undefined`. */
export function shapeProblem(given: unknown): ProducerError | undefined {
  if (typeof given !== 'object' || given === null) {
    return invalid('record', `must be an object such as { topic, key, value }, not ${kindOf(given)}`);
  }
  if (Array.isArray(given)) {
    return invalid('record', `is an array, but send takes one record; pass several to ${severalToSendBatch}`);
  }
  return undefined;
}

/**
 * Returns the problem of a topic, partition or timestamp, or `undefined`. `ownHeaders` and
 * `toBytes` check the rest of a record.
 */
export function placeProblem(
  topic: unknown,
  partition: unknown,
  timestamp: unknown,
): ProducerError | undefined {
  if (topic === lastTopic && partition === undefined && timestamp === undefined) {
    return undefined; // the common case; the rest is separate so that V8 inlines this function
  }
  return problemOfPlace(topic, partition, timestamp);
}

function problemOfPlace(topic: unknown, partition: unknown, timestamp: unknown): ProducerError | undefined {
  if (topic !== lastTopic) {
    const problem = topicProblem(topic);
    if (problem !== undefined) return problem;
    lastTopic = topic;
  }
  if (partition !== undefined && !isWhole(partition, largestPartition)) {
    return invalid(
      'partition',
      `must be a whole number from 0 to ${largestPartition}, not ${shown(partition)}; leave it out to choose it from the key`,
    );
  }
  if (timestamp !== undefined && !isWhole(timestamp, Number.MAX_SAFE_INTEGER)) {
    return invalid(
      'timestamp',
      `must be whole milliseconds since 1970 as a number >= 0, not ${shown(timestamp)}; leave it out to use the current time`,
    );
  }
  return undefined;
}

/** Returns the problem of a record's own delivery timeout, or `undefined`. */
export function timeoutProblem(deliveryTimeoutMs: unknown): ProducerError | undefined {
  if (typeof deliveryTimeoutMs === 'number' && deliveryTimeoutMs >= 1) return undefined;
  return invalid(
    'deliveryTimeoutMs',
    `must be a number of milliseconds >= 1, or Infinity for no limit, not ${shown(deliveryTimeoutMs)}; leave it out to use the producer's`,
  );
}

/**
 * Returns the problem of a record's first unknown field, or `undefined`: no broker would report a
 * misspelt one.
 */
export function unknownField(record: object): ProducerError | undefined {
  for (const field of Object.keys(record)) {
    if (known.has(field)) continue;
    const several =
      field === 'messages' ? `; here each message is a separate record: ${severalToSendBatch}` : '';
    return invalid(
      cutName(field),
      `is not a field of a record; the fields are ${[...known].join(', ')}${several}`,
    );
  }
  return undefined;
}

// Caches the last valid topic: most producers write to few. No topic equals the initial symbol.
let lastTopic: unknown = Symbol('none yet');

function topicProblem(topic: unknown): ProducerError | undefined {
  if (typeof topic !== 'string' || topic === '')
    return invalid('topic', 'is missing; set it to the name of the topic');
  if (legalTopic.test(topic) && topic !== '.' && topic !== '..') return undefined;
  return invalid(
    'topic',
    `'${cutName(topic)}' is not a valid topic name; use 1 to 249 of the characters a-z A-Z 0-9 . _ - (but not . or .. alone)`,
  );
}

/** Returns whether the value is a whole number from 0 to `max`. */
export const isWhole = (value: unknown, max: number): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= max;

// Quotes numbers only: other values may be payloads.
const shown = (value: unknown): string => (typeof value === 'number' ? String(value) : kindOf(value));

/** Creates an `INVALID_RECORD` error that names the field. */
export const invalid = (field: string, message: string): ProducerError =>
  new ProducerError('INVALID_RECORD', `${field}: ${message}`, { field });
