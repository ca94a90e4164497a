import { isReadableBytes } from '../foreign/bytes.js';

/** What Kafka stores: bytes, text that becomes UTF-8 bytes, or `null` (a tombstone as a value, "no key" as a key). */
export type Bytes = string | Uint8Array | null;

/** One header's value; an array is the same header given several times, in that order. */
export type HeaderValue = string | Uint8Array | readonly (string | Uint8Array)[];

export type Headers = { [name: string]: HeaderValue };

/** A record as the user hands it to the producer. `K` and `V` are `Bytes` unless `serializers` widen them. */
export interface ProducerRecord<K = Bytes, V = Bytes> {
  readonly topic: string;
  /** Records with equal keys keep their order. Absent and `null` mean: no key. */
  readonly key?: K | null | undefined;
  /** `null` is a tombstone. */
  readonly value: V | null;
  readonly headers?: Readonly<Headers> | undefined;
  /** Whole number >= 0. Absent: chosen from the key as Java's client does, or a sticky one without a key. */
  readonly partition?: number | undefined;
  /** Milliseconds since 1970. Absent: the time of the call to `send`. */
  readonly timestamp?: number | undefined;
}

const brand = Symbol.for('@holdfast/core/SerializedRecord');

/**
 * A record on its way through the chain: key and value are bytes or null; a middleware may change it. A producer takes one as well
 * (`producer.send(new SerializedRecord(…))`), copies it, and leaves its serializers out.
 */
export class SerializedRecord {
  private ownHeaders: Headers | undefined;

  constructor(
    public topic: string,
    public key: Uint8Array | null,
    public value: Uint8Array | null,
    headers: Headers | undefined,
    /** `undefined`: the adapter chooses. */
    public partition: number | undefined,
    /** Milliseconds since 1970. */
    public timestamp: number,
  ) {
    this.ownHeaders = headers;
  }

  /** Made on first use: most records have none, and a waiting record should not pay for an empty object. */
  get headers(): Headers {
    return (this.ownHeaders ??= {});
  }

  set headers(headers: Headers) {
    this.ownHeaders = headers;
  }

  get hasHeaders(): boolean {
    return this.ownHeaders !== undefined;
  }

  /** Use this, not `instanceof`: two copies of the package may be loaded. */
  static is(value: object): value is SerializedRecord {
    return brand in value;
  }
}

Object.defineProperty(SerializedRecord.prototype, brand, { value: true });

/** What `send` takes: a record, or one of `takeFailed`, which is serialised already. */
export type GivenRecord<K = Bytes, V = Bytes> = ProducerRecord<K, V> | SerializedRecord;

/**
 * Bytes that a record's key, value and headers take, UTF-8 encoded; the protocol's framing is not counted.
 * The unit of every `…Bytes` limit of Holdfast. What a middleware set that is no bytes takes none; it never throws for that.
 */
export function recordBytes(record: SerializedRecord): number {
  const { key, value } = record;
  let bytes = 0;
  if (isReadableBytes(key)) bytes += key.length;
  if (isReadableBytes(value)) bytes += value.length;
  if (record.hasHeaders) bytes += headerBytes(record.headers);
  return bytes;
}

function headerBytes(headers: Headers): number {
  let bytes = 0;
  try {
    for (const name of Object.keys(headers ?? {})) {
      const value: unknown = headers[name];
      const nameBytes = Buffer.byteLength(name);
      if (Array.isArray(value)) for (const one of value) bytes += nameBytes + oneBytes(one);
      else if (value !== undefined) bytes += nameBytes + oneBytes(value);
    }
  } catch {
    // A getter, or a Proxy, that throws: what it hides is no bytes.
  }
  return bytes;
}

function oneBytes(one: unknown): number {
  if (typeof one === 'string') return Buffer.byteLength(one);
  return isReadableBytes(one) ? one.length : 0;
}
