import type { ReadRecord } from './reader/read-record.js';
import { keyCount, keyIndexOf, keyOf, numberIn, type Catalogue, type StreamRecord } from './records.js';

/** Where the records of the mixed stream go. */
export interface Mix {
  readonly topic: string;
  /** The topic that the service may not write to. */
  readonly forbiddenTopic: string;
  /** Of each topic. */
  readonly partitions: number;
  /** The timestamp of record 0 in milliseconds since 1970; it increases by one per record. */
  readonly epochMs: number;
}

/** Above a topic's default limit: `max.message.bytes`, 1 MiB and 12 bytes. */
const largeBytes = 1.25 * 1024 * 1024;
const smallBytes = 120;

export type Kind = 'fine' | 'too-large' | 'forbidden';

/** One record in this many. */
export const largeEvery = 499;
export const forbiddenEvery = 23;

/** Prime numbers, so that every key has records of every kind. */
export function kindOf(n: number): Kind {
  if (n % largeEvery === 7) return 'too-large';
  return n % forbiddenEvery === 13 ? 'forbidden' : 'fine';
}

const kinds: readonly Kind[] = ['fine', 'too-large', 'forbidden'];

/**
 * Binary values, headers, timestamps and partitions of their own: everything that a dead letter has
 * to restore.
 */
export function mixedRecords(mix: Mix): Catalogue {
  const recordOf = (n: number): StreamRecord => recordAt(n, mix);
  return {
    recordOf,
    numberOf(read) {
      const n = numberIn(read.value);
      return n !== undefined && isSame(read, recordOf(n)) ? n : undefined;
    },
    laneOf: (n) => kinds.indexOf(kindOf(n)) * keyCount + keyIndexOf(n),
  };
}

function recordAt(n: number, { topic, forbiddenTopic, partitions, epochMs }: Mix): StreamRecord {
  const key = keyIndexOf(n);
  return {
    topic: kindOf(n) === 'forbidden' ? forbiddenTopic : topic,
    key: keyOf(n),
    value: valueOf(n),
    headers: { number: String(n), trace: Buffer.from([0xff, n & 0xff, 0x00, 0x80]) },
    timestamp: epochMs + n,
    ...(key % 4 === 0 && { partition: key % partitions }),
  };
}

function valueOf(n: number): Buffer {
  const value = Buffer.alloc(
    kindOf(n) === 'too-large' ? largeBytes : smallBytes,
    Uint8Array.of(n, 0xff, 0x80),
  );
  value.write(`record ${n} of the mix`);
  return value;
}

function isSame(read: ReadRecord, sent: StreamRecord): boolean {
  const { topic, key, value, headers = {}, partition, timestamp } = sent;
  const names = Object.keys(headers);
  return (
    read.topic === topic &&
    read.key === key &&
    read.value === value.toString('latin1') &&
    read.timestamp === timestamp &&
    (partition === undefined || read.partition === partition) &&
    read.headers.length === names.length &&
    read.headers.every(([name, bytes]) => headers[name]?.toString('latin1') === bytes)
  );
}
