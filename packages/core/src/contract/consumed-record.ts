import type { Headers } from './record.js';

/** A record as it was read back from a topic, the same over every client. */
export interface ConsumedRecord {
  readonly topic: string;
  readonly partition: number;
  /** Exact up to 2^53. */
  readonly offset: number;
  /**
   * Milliseconds since 1970: the broker's append time where the topic uses that, else the record's own; -1 for a record
   * that has none (of before Kafka 0.10).
   */
  readonly timestamp: number;
  /** `null`: no key. */
  readonly key: Uint8Array | null;
  /** `null`: a tombstone. */
  readonly value: Uint8Array | null;
  /** Values are bytes; a header that was given several times is an array, in order. `{}` without any. */
  readonly headers: Readonly<Headers>;
}

/** Headers as Kafka has them, name after name, in core's form. A value that is `null`, which that has not, becomes 0 bytes. */
export function collectHeaders(pairs: Iterable<readonly [string, Uint8Array | null]>): Headers {
  const values = new Map<string, Uint8Array | Uint8Array[]>();
  for (const [name, value] of pairs) {
    const one = value ?? new Uint8Array();
    const before = values.get(name);
    if (before === undefined) values.set(name, one);
    else if (Array.isArray(before)) before.push(one);
    else values.set(name, [before, one]);
  }
  return Object.fromEntries(values); // `__proto__` is a name like any other to it
}
