import type { StreamRecord } from '../records.js';
import type { ReadRecord } from './read-record.js';

/** Returns what the reader makes of a record that is in its topic as it was sent. */
export function asRead(
  { topic, key, value, headers = {}, partition = 0, timestamp = 0 }: StreamRecord,
  changes: Partial<ReadRecord> = {},
): ReadRecord {
  return {
    ...{ topic, partition, offset: 0, timestamp, key },
    value: value.toString('latin1'),
    headers: Object.entries(headers).map(([name, one]) => [name, one.toString('latin1')] as const),
    ...changes,
  };
}
