import type { Headers } from './record.js';

/** A record read back from a topic, in the same form for every client. */
export interface ConsumedRecord {
  readonly topic: string;
  readonly partition: number;
  /** Exact up to 2^53. */
  readonly offset: number;
  /**
   * Milliseconds since 1970: the broker's append time where the topic uses it, else the record's
   * own timestamp. -1 for a record without one (written before Kafka 0.10).
   */
  readonly timestamp: number;
  /** `null`: no key. */
  readonly key: Uint8Array | null;
  /** `null`: a tombstone. */
  readonly value: Uint8Array | null;
  /** Values are bytes; a repeated header is an array, in order. `{}` without headers. */
  readonly headers: Readonly<Headers>;
}

/**
 * Converts headers from Kafka's form, a list of names and values, to core's. A `null` value, which
 * core's form does not allow, becomes 0 bytes.
 */
export function collectHeaders(pairs: Iterable<readonly [string, Uint8Array | null]>): Headers {
  const values = new Map<string, Uint8Array | Uint8Array[]>();
  for (const [name, value] of pairs) {
    const one = value ?? new Uint8Array();
    const before = values.get(name);
    if (before === undefined) values.set(name, one);
    else if (Array.isArray(before)) before.push(one);
    else values.set(name, [before, one]);
  }
  return Object.fromEntries(values); // treats `__proto__` as an ordinary name
}
