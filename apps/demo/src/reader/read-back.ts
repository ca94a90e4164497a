import type { Access } from '../access.js';
import { run } from '../program.js';
import type { ReadRecord } from './read-record.js';

/** What the reader needs to know. */
export interface Reading {
  readonly topic: string;
  readonly access: Access;
}

/** Reads a topic through the independent consumer. */
export async function readBack(reading: Reading, signal: AbortSignal): Promise<ReadRecord[]> {
  const records: ReadRecord[] = [];
  for await (const line of run(new URL('./main.js', import.meta.url), reading, signal)) {
    if (!isReadRecord(line))
      throw new Error(`the reader of ${reading.topic} wrote a line that is not a record`);
    records.push(line);
  }
  return records;
}

// Both ends belong to the same build of this program, so it is enough to tell them apart.
export const isReading = (value: unknown): value is Reading =>
  typeof value === 'object' && value !== null && 'topic' in value && 'access' in value;

const isReadRecord = (value: unknown): value is ReadRecord =>
  typeof value === 'object' && value !== null && 'offset' in value && 'headers' in value;
