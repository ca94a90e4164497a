import { isThenable } from '../foreign/contain.js';
import { ProducerError } from '../contract/error.js';
import { ownHeaders } from './own-headers.js';
import { SerializedRecord, type GivenRecord } from '../contract/record.js';
import { serialize, toBytes, type KeyAndValue, type Serializers } from './serializer.js';
import { placeProblem, shapeProblem, timeoutProblem, unknownField } from './validate-record.js';

/**
 * A record whose serializer returned a promise: `record` has no bytes until `bytes` has resolved.
 */
export interface Unserialized {
  readonly record: SerializedRecord;
  readonly bytes: Promise<KeyAndValue>;
}

/** Checks the user's records and serializes them; the chain sees only valid records of bytes. */
export class RecordIntake<K, V> {
  /**
   * The user's records that were never serialized: a placeholder must not be sent in their place.
   */
  private readonly originals = new WeakMap<SerializedRecord, GivenRecord<K, V>>();
  private readonly plain: boolean;

  constructor(
    private readonly serializers: Serializers<K, V>,
    /**
     * Whether to refuse unknown fields, which costs a check of each field. A record without a value
     * is always checked: the field may be misspelt.
     */
    private readonly strict: boolean,
  ) {
    this.plain = serializers.key === undefined && serializers.value === undefined;
  }

  /**
   * Checks and serializes a record. `wallTime` is the timestamp of a record without one. Reads each
   * field once, because a getter may return another value at the next read. Throws the record's
   * problem; see {@link problemOf}.
   */
  take(given: GivenRecord<K, V>, wallTime: number): SerializedRecord | Unserialized {
    refuse(shapeProblem(given));
    if (SerializedRecord.is(given)) return copyOf(given);
    const { topic, key, value, headers, partition, timestamp } = given;
    refuse(placeProblem(topic, partition, timestamp));
    const own = headers === undefined ? undefined : ownHeaders(headers);
    if (this.strict || value === undefined) refuse(unknownField(given));
    const record = new SerializedRecord(topic, null, null, own, partition, timestamp ?? wallTime);
    if (this.plain) return fill(record, toBytes(key ?? null, 'key'), toBytes(value, 'value'));
    const bytes = serialize({ topic, key, value }, this.serializers);
    if (!isThenable(bytes)) return fill(record, bytes.key, bytes.value);
    this.originals.set(record, given);
    return { record, bytes };
  }

  /**
   * Returns the record's own delivery timeout, ms; `undefined`: it has none. Throws like
   * {@link take}, and is called before it: what that has begun goes on.
   */
  timeoutOf(given: GivenRecord<K, V>): number | undefined {
    refuse(shapeProblem(given));
    if (!('deliveryTimeoutMs' in given) || SerializedRecord.is(given)) return undefined;
    const { deliveryTimeoutMs } = given;
    if (deliveryTimeoutMs !== undefined) refuse(timeoutProblem(deliveryTimeoutMs));
    return deliveryTimeoutMs;
  }

  /**
   * Converts an exception of {@link take}: a refusal as it is, any other (a getter's, a Proxy's) as
   * `INVALID_RECORD`.
   */
  problemOf(thrown: unknown): ProducerError {
    if (ProducerError.is(thrown)) return thrown;
    const message = "record: reading it threw; 'cause' has its error";
    return new ProducerError('INVALID_RECORD', message, { cause: thrown, field: 'record' });
  }

  /**
   * Creates a stand-in for a refused record, to be counted and reported, from its readable fields.
   * Never throws.
   */
  placeholder(given: GivenRecord<K, V>, wallTime: number): SerializedRecord {
    try {
      if (SerializedRecord.is(given)) return copyOf(given); // a valid record, sent after `close`
    } catch {
      // It cannot be copied: treat it like any other refused record.
    }
    const placeholder = placeholderOf(given, wallTime);
    this.originals.set(placeholder, given);
    return placeholder;
  }

  /** Returns the user's record, if it was never serialized. */
  originalOf(record: SerializedRecord): GivenRecord<K, V> | undefined {
    return this.originals.get(record);
  }

  /** Sets the bytes of a record whose serializer has resolved. */
  serialized(record: SerializedRecord, { key, value }: KeyAndValue): void {
    fill(record, key, value);
    this.originals.delete(record);
  }
}

function refuse(problem: ProducerError | undefined): void {
  if (problem !== undefined) throw problem;
}

function fill(record: SerializedRecord, key: Uint8Array | null, value: Uint8Array | null): SerializedRecord {
  record.key = key;
  record.value = value;
  return record;
}

function copyOf(given: SerializedRecord): SerializedRecord {
  const { topic, key, value, partition, timestamp } = given;
  refuse(placeProblem(topic, partition, timestamp));
  const headers = given.hasHeaders ? ownHeaders(given.headers) : undefined;
  return new SerializedRecord(
    topic,
    toBytes(key, 'key'),
    toBytes(value, 'value'),
    headers,
    partition,
    timestamp,
  );
}

function placeholderOf(given: unknown, wallTime: number): SerializedRecord {
  // A getter or a Proxy may throw, or a string that is too long for a buffer.
  const read = <T>(name: string, use: (value: unknown) => T, otherwise: T): T => {
    try {
      return typeof given === 'object' && given !== null ? use(Reflect.get(given, name)) : otherwise;
    } catch {
      return otherwise;
    }
  };
  const bytes = (name: string): Uint8Array | null =>
    read<Uint8Array | null>(name, (data) => toBytes(data, 'value'), null);
  const topic = read('topic', (value) => (typeof value === 'string' ? value : ''), '');
  return new SerializedRecord(topic, bytes('key'), bytes('value'), undefined, undefined, wallTime);
}
