import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReadRecord } from './read-record.js';

/** The prefix of a dead letter's header that is the user's own, and of Holdfast's own headers. */
const prefix = 'original-';
const ours = ['original-topic', 'original-partition', 'original-timestamp', 'original-key-hash'];

/**
 * Restores the record of a dead letter in a topic from its headers; its place is that of the letter
 * itself.
 */
export function originalOf(letter: ReadRecord): ReadRecord {
  const headers = new Map(letter.headers);
  const partition = headers.get('original-partition');
  return {
    ...letter,
    topic: headers.get('original-topic') ?? '',
    partition: partition === undefined ? -1 : Number(partition),
    timestamp: Number(headers.get('original-timestamp')),
    headers: letter.headers
      .filter(([name]) => name.startsWith(prefix) && !ours.includes(name))
      .map(([name, value]) => [name.slice(prefix.length), value] as const),
  };
}

/**
 * Returns the records that the files of a directory restore: JSON Lines, by name and position.
 * Written from the format alone.
 */
export async function readDeadLetterFiles(directory: string): Promise<ReadRecord[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.jsonl')).sort();
  const records: ReadRecord[] = [];
  for (const name of names) {
    const lines = (await readFile(join(directory, name), 'utf8')).split('\n').filter((line) => line !== '');
    for (const [at, line] of lines.entries()) records.push(recordOf(JSON.parse(line) as Line, at));
  }
  return records;
}

type TextOrBytes = string | { readonly base64: string };

/** The part of a line that the demo reads. */
interface Line {
  readonly record: {
    readonly topic: string;
    readonly partition?: number;
    readonly timestamp: number;
    readonly key: TextOrBytes | null;
    readonly value: TextOrBytes | null;
    readonly headers: { readonly [name: string]: TextOrBytes | TextOrBytes[] };
  };
}

function recordOf({ record }: Line, offset: number): ReadRecord {
  const { topic, partition = -1, timestamp, key, value, headers } = record;
  return {
    ...{ topic, partition, offset, timestamp },
    key: key === null ? null : latin1(key),
    value: value === null ? null : latin1(value),
    headers: Object.entries(headers).flatMap(([name, values]) =>
      [values].flat().map((one) => [name, latin1(one)] as const),
    ),
  };
}

const latin1 = (text: TextOrBytes): string =>
  (typeof text === 'string' ? Buffer.from(text) : Buffer.from(text.base64, 'base64')).toString('latin1');
