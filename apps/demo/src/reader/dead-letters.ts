import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReadRecord } from './read-record.js';

/** The header of a dead letter that is the user's own begins with this; so do these of Holdfast. */
const prefix = 'original-';
const ours = ['original-topic', 'original-partition', 'original-timestamp', 'original-key-hash'];

/** The record that a dead letter of a topic brings back, by what its headers say; where the letter itself stands. */
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

/** The records that the files of a directory bring back: JSON Lines, by name and place. Written from the format alone. */
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

/** What of a line the demo looks at. */
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
