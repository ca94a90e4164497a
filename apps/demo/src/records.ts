import type { ReadRecord } from './reader/read-record.js';

/** Small enough for many records per key, large enough to keep many lanes busy at once. */
export const keyCount = 100;

/** A record as a client receives it. */
export interface StreamRecord {
  readonly topic: string;
  readonly key: string;
  readonly value: string | Buffer;
  readonly headers?: { readonly [name: string]: string | Buffer };
  readonly partition?: number;
  /** Milliseconds since 1970. */
  readonly timestamp?: number;
}

/** The records of a stream are numbered from 0. The number determines the whole record. */
export interface Catalogue {
  recordOf(n: number): StreamRecord;
  /** Returns undefined when the stream has no such record, byte for byte. */
  numberOf(read: ReadRecord): number | undefined;
  /** The records of one lane must stay in their order. */
  laneOf(n: number): number;
}

export const keyOf = (n: number): string => `key-${String(keyIndexOf(n)).padStart(2, '0')}`;

export function keyIndexOf(n: number): number {
  return n % keyCount;
}

/** Small records, all to one topic. */
export const smallRecords = (topic: string): Catalogue => ({
  recordOf: (n) => ({ topic, key: keyOf(n), value: smallValue(n) }),
  numberOf(read) {
    const n = numberIn(read.value);
    return n !== undefined && read.key === keyOf(n) && read.value === smallValue(n) ? n : undefined;
  },
  laneOf: keyIndexOf,
});

const valueLength = 100;
const smallValue = (n: number): string => `record ${n} of the stream, ${keyOf(n)}`.padEnd(valueLength, '.');

/** Returns the number that a value of the stream begins with. */
export function numberIn(value: string | null): number | undefined {
  const digits = /^record (\d{1,9}) /.exec(value ?? '')?.[1];
  return digits === undefined ? undefined : Number(digits);
}
