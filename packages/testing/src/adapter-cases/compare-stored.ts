import { isUint8Array } from 'node:util/types';
import type { Bytes, Outcome, ProducerRecord } from '@holdfast/core';
import { readTopic, type ReadRecord } from './read-topic.js';

/**
 * Returns a message per record that is stored differently, or elsewhere than its outcome reports.
 */
export async function compareStored(
  brokers: readonly string[],
  delivered: ReadonlyMap<ProducerRecord, Outcome>,
): Promise<string[]> {
  const problems: string[] = [];
  const topics = new Set([...delivered.keys()].map(({ topic }) => topic));
  for (const topic of topics) {
    const stored = await readTopic(brokers, topic);
    for (const [record, outcome] of delivered) {
      if (record.topic !== topic || outcome.status !== 'delivered') continue;
      const found = stored.find(
        ({ partition, offset }) => partition === outcome.partition && offset === outcome.offset,
      );
      const difference =
        found === undefined ? 'is not there' : differenceOf(record, outcome.timestamp, found);
      if (difference === undefined) continue;
      problems.push(`${topic}, partition ${outcome.partition}, offset ${outcome.offset}: ${difference}`);
    }
  }
  return problems;
}

function differenceOf(record: ProducerRecord, timestamp: number, found: ReadRecord): string | undefined {
  if (record.partition !== undefined && record.partition !== found.partition)
    return 'is in another partition';
  if (!equal(record.key ?? null, found.key)) return 'has another key';
  if (!equal(record.value, found.value)) return 'has another value';
  if (found.timestamp !== timestamp) return `has the timestamp ${found.timestamp}, told was ${timestamp}`;
  return sameHeaders(record, found)
    ? undefined
    : `has other headers: ${found.headers.map(([name]) => name).join(', ')}`;
}

/** Returns headers in the record's order, repeated names together. */
function sameHeaders({ headers = {} }: ProducerRecord, found: ReadRecord): boolean {
  const sent = Object.entries(headers).flatMap(([name, value]) =>
    (typeof value === 'string' || isUint8Array(value) ? [value] : value).map((one) => [name, one] as const),
  );
  return (
    sent.length === found.headers.length &&
    sent.every(([name, value], index) => {
      const [foundName, foundValue] = found.headers[index] ?? ['', null];
      return name === foundName && equal(value, foundValue);
    })
  );
}

function equal(sent: Bytes, found: Buffer | null): boolean {
  if (sent === null || found === null) return sent === found;
  return Buffer.from(sent).equals(found);
}
