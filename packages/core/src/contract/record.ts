import { isReadableBytes } from '../foreign/bytes.js';

/**
 * Data of a key or value: bytes, text (stored as UTF-8), or `null` (a tombstone as a value, no key
 * as a key).
 */
export type Bytes = string | Uint8Array | null;

/** The value of one header; an array repeats the header, in that order. */
export type HeaderValue = string | Uint8Array | readonly (string | Uint8Array)[];

export type Headers = { [name: string]: HeaderValue };

/** A record as passed to the producer. `K` and `V` are `Bytes` unless `serializers` widen them. */
export interface ProducerRecord<K = Bytes, V = Bytes> {
  readonly topic: string;
  /** Records with equal keys keep their order. Absent or `null`: no key. */
  readonly key?: K | null | undefined;
  /** `null` is a tombstone. */
  readonly value: V | null;
  readonly headers?: Readonly<Headers> | undefined;
  /**
   * A whole number >= 0. Default: chosen from the key as in Java's client, or sticky without a key.
   */
  readonly partition?: number | undefined;
  /** Milliseconds since 1970. Default: the time of the call to `send`. */
  readonly timestamp?: number | undefined;
  /**
   * Time from `send` to the outcome of this record, ms >= 1; `Infinity`: no limit. It may be shorter
   * or longer than the producer's `deliveryTimeoutMs`, which is the default. It ends with the
   * outcome: a record that is sent again, from the journal, the dead letters or by you, does not
   * keep it.
   */
  readonly deliveryTimeoutMs?: number | undefined;
}

const brand = Symbol.for('@holdfast/core/SerializedRecord');

/**
 * A record on its way through the chain: key and value are bytes or null; a middleware may change
 * it. `producer.send(new SerializedRecord(…))` works as well: the producer copies it and skips its
 * serializers.
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

  /**
   * Created on first access: most records have no headers, and waiting records should not each hold
   * an empty object.
   */
  get headers(): Headers {
    return (this.ownHeaders ??= {});
  }

  set headers(headers: Headers) {
    this.ownHeaders = headers;
  }

  /** Whether headers exist; does not create them, unlike {@link headers}. */
  get hasHeaders(): boolean {
    return this.ownHeaders !== undefined;
  }

  /**
   * Returns whether the object is a record of any copy of the package; `instanceof` knows only one
   * copy.
   */
  static is(value: object): value is SerializedRecord {
    return brand in value;
  }
}

Object.defineProperty(SerializedRecord.prototype, brand, { value: true });

/** The argument of `send`: a record, or an already serialized one, for example of `takeFailed`. */
export type GivenRecord<K = Bytes, V = Bytes> = ProducerRecord<K, V> | SerializedRecord;

/**
 * Returns the bytes of a record's key, value and headers, UTF-8 encoded, without the protocol's
 * framing: the unit of every `…Bytes` limit in Holdfast. Never throws; data that is not valid
 * bytes, as a middleware may have set it, counts as 0.
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
    // A getter or a Proxy threw: what it hides counts as 0 bytes.
  }
  return bytes;
}

function oneBytes(one: unknown): number {
  if (typeof one === 'string') return Buffer.byteLength(one);
  return isReadableBytes(one) ? one.length : 0;
}
