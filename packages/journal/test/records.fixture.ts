import type { ProducerRecord } from '@holdfast/core';
import type { SerializedRecord } from '@holdfast/core/stage';
import { fakeClock, simulatedDisk } from '@holdfast/testing';
import { expect } from 'vitest';
import { Harness } from './harness.fixture.js';

export const mebi = 1024 * 1024;
export const directory = '/outbox';

const bytes = (of: Uint8Array | null): Buffer | null => (of === null ? null : Buffer.from(of));

/** Converts to plain data, in which equal bytes are equal whatever their class. */
function plain({ topic, key, value, headers, partition, timestamp }: SerializedRecord): unknown {
  const plainHeaders = Object.entries(headers).map(([name, one]) => [
    name,
    one instanceof Uint8Array
      ? bytes(one)
      : typeof one === 'string'
        ? one
        : one.map((item) => (typeof item === 'string' ? item : bytes(item))),
  ]);
  return { topic, key: bytes(key), value: bytes(value), headers: plainHeaders, partition, timestamp };
}

/** Returns what the next start sends of records that were accepted before a power loss. */
export async function throughTheJournal(
  records: readonly ProducerRecord[],
  maxBytes = 4 * mebi,
): Promise<{ readonly sent: unknown[]; readonly found: unknown[] }> {
  const disk = simulatedDisk();
  const clock = fakeClock();
  const options = { directory, acknowledge: 'journaled', maxInFlightRecords: 1, maxBytes } as const;
  const first = new Harness({ disk, clock, journal: options });
  await clock.until(first.start());
  const deliveries = first.send(records);
  await clock.advance(1_000);
  expect(first.counts).toEqual({ accepted: records.length });
  const sent = deliveries.map(({ record }) => plain(record));
  const nextClock = fakeClock();
  const next = new Harness({
    disk: disk.crash({ keep: 'none' }),
    clock: nextClock,
    journal: options,
    answer: { status: 'delivered', topic: '', partition: 0, offset: 0, timestamp: 0 },
  });
  await nextClock.until(next.start());
  await nextClock.runWhile(() => next.stat('backlogRecords') !== 0);
  const found = next.handed.map(plain);
  await nextClock.until(next.close());
  return { sent, found };
}

/** Checks that a record of that size comes back as it was, and so do those around it. */
export async function largeComesBack(length: number): Promise<void> {
  const large = Buffer.alloc(length, 7);
  large.write('begin');
  large.write('end', large.length - 3);
  const { sent, found } = await throughTheJournal(
    [
      { topic: 't', value: 'before' },
      { topic: 't', value: large },
      { topic: 't', value: 'behind' },
    ],
    8 * length,
  );
  expect(found.length).toBe(3);
  // As text, a difference would take minutes to print.
  expect(JSON.stringify(sent[0])).toBe(JSON.stringify(found[0]));
  expect(JSON.stringify(sent[2])).toBe(JSON.stringify(found[2]));
  expect(valueOf(found[1]).equals(valueOf(sent[1]))).toBe(true);
}

function valueOf(record: unknown): Buffer {
  if (typeof record === 'object' && record !== null && 'value' in record && record.value instanceof Buffer)
    return record.value;
  throw new Error('a record without a value');
}
