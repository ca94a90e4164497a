import { isThenable } from './contain.js';
import { ProducerError } from './error.js';
import { SerializedRecord, type Headers, type ProducerRecord } from './record.js';
import { serialize, toBytes, type KeyAndValue, type Serializers } from './serializer.js';
import { recordProblem, unknownField } from './validate-record.js';

/** A record whose serializer has answered with a promise: `record` has no bytes before `bytes` has resolved. */
export interface Unserialized {
  readonly record: SerializedRecord;
  readonly bytes: Promise<KeyAndValue>;
}

/** Turns what the user gave into a record of bytes; what the chain never sees of it is judged here. */
export class Intake<K, V> {
  /** What was given, of those that never became bytes: a placeholder without key and value must not be sent in its place. */
  private readonly originals = new WeakMap<SerializedRecord, ProducerRecord<K, V>>();
  private readonly plain: boolean;

  constructor(
    private readonly serializers: Serializers<K, V>,
    /** Refuse fields that no record has; costs a look at each. Without a value that is done in any case: it may be misspelt. */
    private readonly strict: boolean,
  ) {
    this.plain = serializers.key === undefined && serializers.value === undefined;
  }

  /** `wallTime`: the timestamp of a record that has none. Throws what is wrong with the record, see {@link problemOf}. */
  take(given: ProducerRecord<K, V> | SerializedRecord, wallTime: number): SerializedRecord | Unserialized {
    const problem = recordProblem(given);
    if (problem !== undefined) throw problem;
    if (given instanceof SerializedRecord) return copyOf(given);
    const misspelt = this.strict || given.value === undefined ? unknownField(given) : undefined;
    if (misspelt !== undefined) throw misspelt;
    if (!this.plain) return this.serialize(given, wallTime);
    return recordOf(given, toBytes(given.key ?? null, 'key'), toBytes(given.value, 'value'), wallTime);
  }

  private serialize(given: ProducerRecord<K, V>, wallTime: number): SerializedRecord | Unserialized {
    const bytes = serialize(given, this.serializers);
    if (!isThenable(bytes)) return recordOf(given, bytes.key, bytes.value, wallTime);
    const record = recordOf(given, null, null, wallTime);
    this.originals.set(record, given);
    return { record, bytes };
  }

  /** What `take` threw: our own refusal, or what a getter or proxy of the user's has thrown. */
  problemOf(thrown: unknown): ProducerError {
    if (ProducerError.is(thrown)) return thrown;
    const message = "record: reading it threw; 'cause' has its error";
    return new ProducerError('INVALID_RECORD', message, { cause: thrown, field: 'record' });
  }

  /** Stands for a record that was refused, to be counted and looked at. */
  placeholder(given: ProducerRecord<K, V> | SerializedRecord, wallTime: number): SerializedRecord {
    if (isA(SerializedRecord, given)) return given;
    const placeholder = placeholderOf(given, wallTime);
    this.originals.set(placeholder, given);
    return placeholder;
  }

  originalOf(record: SerializedRecord): ProducerRecord<K, V> | undefined {
    return this.originals.get(record);
  }

  /** It has its bytes now. */
  serialized(record: SerializedRecord, { key, value }: KeyAndValue): void {
    record.key = key;
    record.value = value;
    this.originals.delete(record);
  }
}

function recordOf(
  given: ProducerRecord<unknown, unknown>,
  key: Uint8Array | null,
  value: Uint8Array | null,
  wallTime: number,
): SerializedRecord {
  const { topic, headers, partition, timestamp = wallTime } = given;
  // A copy: the caller may go on using his own, and a middleware may add to the record's.
  return new SerializedRecord(topic, key, value, headers && copyOfHeaders(headers), partition, timestamp);
}

function copyOfHeaders(headers: Readonly<Headers>): Headers {
  const own = { ...headers };
  for (const name of Object.keys(own)) {
    const value = own[name];
    if (Array.isArray(value)) Object.defineProperty(own, name, { value: value.slice() });
  }
  return own;
}

const copyOf = ({ topic, key, value, headers, partition, timestamp }: SerializedRecord): SerializedRecord =>
  new SerializedRecord(topic, key, value, copyOfHeaders(headers), partition, timestamp);

/** `instanceof` throws for a revoked proxy, such as a draft of Immer that was kept too long. */
function isA<T>(type: abstract new (...args: never[]) => T, value: unknown): value is T {
  try {
    return value instanceof type;
  } catch {
    return false;
  }
}

function placeholderOf(given: unknown, wallTime: number): SerializedRecord {
  const read = (name: string): unknown => {
    try {
      return typeof given === 'object' && given !== null ? Reflect.get(given, name) : undefined;
    } catch {
      return undefined;
    }
  };
  const bytes = (data: unknown): Uint8Array | null => {
    if (typeof data === 'string') return Buffer.from(data);
    return isA(Uint8Array, data) ? data : null;
  };
  const topic = read('topic');
  const topicText = typeof topic === 'string' ? topic : '';
  return new SerializedRecord(
    topicText,
    bytes(read('key')),
    bytes(read('value')),
    undefined,
    undefined,
    wallTime,
  );
}
