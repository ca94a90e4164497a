import { ProducerError } from './error.js';
import { kindOf } from './kind-of.js';
import type { HeaderValue, ProducerRecord, SerializedRecord } from './record.js';

// https://kafka.apache.org/documentation/: org.apache.kafka.common.internals.Topic, MAX_NAME_LENGTH and legal characters
const legalTopic = /^[a-zA-Z0-9._-]{1,249}$/;
const largestPartition = 2 ** 31 - 1;
const severalToSendBatch = 'sendBatch([{ topic, key, value }, …])';
const known = new Set(['topic', 'key', 'value', 'headers', 'partition', 'timestamp']);

/** What is wrong with a record apart from its key and value, which `toBytes` judges; `undefined` when nothing is. */
export function recordProblem(
  record: ProducerRecord<unknown, unknown> | SerializedRecord,
): ProducerError | undefined {
  if (typeof record !== 'object' || record === null) {
    return invalid('record', `must be an object such as { topic, key, value }, not ${shown(record)}`);
  }
  const { topic, partition, timestamp, headers } = record;
  if (topic === lastTopic && partition === undefined && timestamp === undefined && headers === undefined) {
    return undefined; // most records; the rest is kept apart so that V8 inlines this
  }
  if (Array.isArray(record)) {
    return invalid('record', `is an array, and send takes one record; give several to ${severalToSendBatch}`);
  }
  return problemOfFields(record);
}

function problemOfFields({
  topic,
  partition,
  timestamp,
  headers,
}: ProducerRecord<unknown, unknown> | SerializedRecord): ProducerError | undefined {
  if (topic !== lastTopic) {
    const problem = topicProblem(topic);
    if (problem !== undefined) return problem;
    lastTopic = topic;
  }
  if (partition !== undefined && !isWhole(partition, largestPartition)) {
    return invalid(
      'partition',
      `must be a whole number from 0 to ${largestPartition}, not ${shown(partition)}; leave it out to have it chosen from the key`,
    );
  }
  if (timestamp !== undefined && !isWhole(timestamp, Number.MAX_SAFE_INTEGER)) {
    return invalid(
      'timestamp',
      `must be whole milliseconds since 1970 as a number >= 0, not ${shown(timestamp)}; leave it out for now`,
    );
  }
  if (headers !== undefined) return headersProblem(headers);
  return undefined;
}

/** A misspelt field is not a record's fault that any broker would report. */
export function unknownField(record: object): ProducerError | undefined {
  for (const field of Object.keys(record)) {
    if (known.has(field)) continue;
    const several =
      field === 'messages' ? `; each message is a record of its own here: ${severalToSendBatch}` : '';
    return invalid(field, `is no field of a record; a record has ${[...known].join(', ')}${several}`);
  }
  return undefined;
}

// Most producers write to few topics, one after the other. No record's topic equals what stands here before the first.
let lastTopic: unknown = Symbol('none yet');

function topicProblem(topic: unknown): ProducerError | undefined {
  if (typeof topic !== 'string' || topic === '')
    return invalid('topic', 'is missing; give the name of the topic to send to');
  if (legalTopic.test(topic) && topic !== '.' && topic !== '..') return undefined;
  return invalid(
    'topic',
    `'${topic.slice(0, 260)}' is no legal topic name; use 1 to 249 of the characters a-z A-Z 0-9 . _ - and not . or .. alone`,
  );
}

function headersProblem(headers: unknown): ProducerError | undefined {
  if (typeof headers !== 'object' || headers === null || Array.isArray(headers) || headers instanceof Map) {
    return invalid(
      'headers',
      'must be an object of name: value; give an array as value for a header that comes several times',
    );
  }
  for (const [name, value] of Object.entries<unknown>({ ...headers })) {
    if (!isHeaderValue(value)) {
      return invalid(
        `headers.${name}`,
        `must be bytes (Uint8Array), a string, or an array of these, not ${kindOf(value)}; turn it into text first`,
      );
    }
  }
  return undefined;
}

function isHeaderValue(value: unknown): value is HeaderValue {
  // `every` leaves holes out; `includes` sees them as undefined.
  return isText(value) || (Array.isArray(value) && value.every(isText) && !value.includes(undefined));
}

const isText = (value: unknown): boolean => typeof value === 'string' || value instanceof Uint8Array;

const isWhole = (value: unknown, max: number): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= max;

// Only what is no payload may be quoted.
const shown = (value: unknown): string => (typeof value === 'number' ? String(value) : kindOf(value));

const invalid = (field: string, message: string): ProducerError =>
  new ProducerError('INVALID_RECORD', `${field}: ${message}`, { field });
