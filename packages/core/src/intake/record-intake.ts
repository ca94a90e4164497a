import { isThenable } from '../foreign/contain.js';
import { ProducerError } from '../contract/error.js';
import { ownHeaders } from './own-headers.js';
import { SerializedRecord, type GivenRecord } from '../contract/record.js';
import { serialize, toBytes, type KeyAndValue, type Serializers } from './serializer.js';
import { placeProblem, shapeProblem, unknownField } from './validate-record.js';

/** A record whose serializer has answered with a promise: `record` has no bytes before `bytes` has resolved. */
export interface Unserialized {
  readonly record: SerializedRecord;
  readonly bytes: Promise<KeyAndValue>;
}

/** Turns what the user gave into a record of bytes; what the chain never sees of it is judged here. */
export class RecordIntake<K, V> {
  /** What was given, of those that never became bytes: a placeholder without key and value must not be sent in its place. */
  private readonly originals = new WeakMap<SerializedRecord, GivenRecord<K, V>>();
  private readonly plain: boolean;

  constructor(
    private readonly serializers: Serializers<K, V>,
    /** Refuse fields that no record has; costs a look at each. Without a value that is done in any case: it may be misspelt. */
    private readonly strict: boolean,
  ) {
    this.plain = serializers.key === undefined && serializers.value === undefined;
  }

  /**
   * `wallTime`: the timestamp of a record that has none. Reads each field once: a getter may answer something else the next time.
   * Throws what is wrong with the record, see {@link problemOf}.
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

  /** What `take` threw: our own refusal, or what a getter or proxy of the user's has thrown. */
  problemOf(thrown: unknown): ProducerError {
    if (ProducerError.is(thrown)) return thrown;
    const message = "record: reading it threw; 'cause' has its error";
    return new ProducerError('INVALID_RECORD', message, { cause: thrown, field: 'record' });
  }

  /** Stands for a record that was refused, to be counted and looked at. Never throws: it is made of what can be read. */
  placeholder(given: GivenRecord<K, V>, wallTime: number): SerializedRecord {
    try {
      if (SerializedRecord.is(given)) return copyOf(given); // it was sent too late, and nothing else is wrong with it
    } catch {
      // Then it is one like any other.
    }
    const placeholder = placeholderOf(given, wallTime);
    this.originals.set(placeholder, given);
    return placeholder;
  }

  originalOf(record: SerializedRecord): GivenRecord<K, V> | undefined {
    return this.originals.get(record);
  }

  /** It has its bytes now. */
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
  // What throws: a getter, a Proxy, a text that is too long to be bytes.
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
