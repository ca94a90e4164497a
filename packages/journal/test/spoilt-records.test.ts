import type { Delivery } from '@holdfast/core/stage';
import { fakeClock, memoriesOf, spoilings, type SimulatedDisk, type Spoiling } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { delivered, Harness, running } from './harness.fixture.js';
import { exportRecords } from '../src/inspect/export.js';
import { verifyJournal } from '../src/inspect/verify.js';

const directory = '/outbox';

/** Where in a frame the record is; a frame has about 5 KiB. */
const places: readonly { readonly title: string; readonly before: number; readonly bytes: number }[] = [
  { title: 'as the first', before: 0, bytes: 10 },
  { title: 'among others', before: 5, bytes: 10 },
  { title: 'where a new frame begins', before: 7, bytes: 700 },
];

/**
 * Sends good records around one that `spoiling` has changed, to a process that dies when they are
 * settled.
 */
async function sendAround(
  { spoil }: Spoiling,
  { before, bytes }: (typeof places)[number],
): Promise<{ readonly one: Harness; readonly spoilt: Delivery | undefined; readonly disk: SimulatedDisk }> {
  const started = await running({ acknowledge: 'journaled', maxInFlightRecords: 1 });
  const { one, clock } = started;
  const records = Array.from({ length: before + 6 }, (_, i) => ({
    topic: `t${i % 2}`,
    key: `k${i}`,
    value: `${i} ${'x'.repeat(bytes)}`,
    headers: { id: `${i}` },
  }));
  const batch = one.send(records, Infinity, (all) => {
    const { record } = all[before] ?? {};
    if (record !== undefined) spoil(record);
  });
  await clock.advance(1_000);
  return { one, spoilt: batch[before], disk: started.disk.kill({ keep: 'all' }) };
}

async function exportedIds(disk: SimulatedDisk): Promise<unknown[]> {
  const ids: unknown[] = [];
  for await (const { headers } of exportRecords(directory, { disk })) ids.push(headers['id']);
  return ids;
}

async function deliveredIds(disk: SimulatedDisk): Promise<unknown[]> {
  const clock = fakeClock();
  const journal = { directory, segmentBytes: 16 * 1024, maxBytes: 2 ** 20 };
  const next = new Harness({ disk, clock, journal, answer: delivered });
  await clock.until(next.start());
  await clock.runWhile(() => next.stat('backlogRecords') !== 0);
  expect(next.said['journal.damaged'].filter(({ kind }) => kind === 'corrupt')).toEqual([]);
  await clock.until(next.close());
  return next.handed.map(({ headers }) => headers['id']);
}

describe.each(places)('a record that cannot be written, $title', (place) => {
  const others = Array.from({ length: place.before + 6 }, (_, i) => `${i}`).filter(
    (_, i) => i !== place.before,
  );

  it.each(spoilings)('$title: it alone is rejected, and the others are kept', async (spoiling) => {
    const { one, spoilt, disk } = await sendAround(spoiling, place);
    expect(one.counts).toEqual({ accepted: others.length, failed: 1 });
    expect(one.errorOf(spoilt)).toMatchObject({
      code: 'INVALID_RECORD',
      stage: 'journal',
      field: spoiling.field,
      retriable: false,
    });
    expect(one.errorOf(spoilt)?.message).toContain(`${spoiling.field}: `);
    expect((await verifyJournal(directory, { disk })).isSound).toBe(true);
    expect(await exportedIds(disk)).toEqual(others);
    expect(await deliveredIds(disk)).toEqual(others);
  });
});

it.each(['reject', 'bypass'] as const)(
  'a record that cannot be written is rejected as such even while the disk is full (%s)',
  async (whenFull) => {
    const [spoiling] = spoilings;
    if (spoiling === undefined) throw new Error('there is none');
    const { one, clock, disk } = await running({ whenFull, acknowledge: 'delivered' });
    disk.faults.every({ operation: 'write' }, { error: 'ENOSPC' });
    one.send([{ topic: 't', value: 'before' }]);
    await clock.advance(1_000);
    const [spoilt] = one.send([{ topic: 't', value: 'v' }], Infinity, ([first]) => {
      if (first !== undefined) spoiling.spoil(first.record);
    });
    await clock.advance(1_000);
    if (whenFull === 'bypass') expect(one.errorOf(spoilt)).toMatchObject({ code: 'INVALID_RECORD' });
    else expect(one.errorOf(spoilt)).toMatchObject({ code: 'JOURNAL_FAILED' });
  },
);

it('a record that grows while it is written is rejected alone', async () => {
  const { one, clock } = await running({ acknowledge: 'journaled' });
  const growing = new Uint8Array(10);
  let looks = 0;
  // As another thread does with memory that it shares.
  const record = { topic: 't', value: growing };
  const [spoilt, good] = one.send([record, { topic: 't', value: 'good' }], Infinity, ([first]) => {
    if (first === undefined) return;
    Object.defineProperty(first.record, 'value', {
      get: () => (looks++ > 1 ? new Uint8Array(4 * 1024 * 1024) : growing),
    });
  });
  await clock.advance(100);
  expect(one.errorOf(spoilt)).toMatchObject({ code: 'INVALID_RECORD', field: 'record', stage: 'journal' });
  expect(one.outcomeOf(good)).toMatchObject({ status: 'accepted' });
});

it('bytes come back as they were, whatever memory the caller has them in', async () => {
  const { one, clock, disk } = await running({ acknowledge: 'journaled', maxInFlightRecords: 1 });
  const memories = [0, 1, 24, 25, 500].flatMap((length) => memoriesOf(Buffer.alloc(length, 'ab')));
  one.send(memories.map(({ bytes }) => ({ topic: 't', key: bytes, value: bytes, headers: { bytes } })));
  await clock.advance(100);
  const found: string[] = [];
  for await (const { key, value } of exportRecords(directory, { disk: disk.kill({ keep: 'all' }) })) {
    expect(key).toEqual(value);
    found.push(typeof value === 'string' ? value : '');
  }
  expect(found).toEqual(memories.map(({ bytes }) => Buffer.from(bytes).toString()));
});

describe('what the caller does with its memory once a record is accepted', () => {
  const mine = (): Uint8Array<ArrayBuffer>[] => Array.from({ length: 3 }, () => new Uint8Array(100).fill(97));

  it('does not change what goes to Kafka', async () => {
    const { one, clock } = await running({ acknowledge: 'journaled' });
    const memory = mine();
    for (const bytes of memory) one.send([{ topic: 't', key: bytes, value: bytes, headers: { a: bytes } }]);
    await clock.advance(100);
    expect(one.counts).toEqual({ accepted: 3 });
    for (const bytes of memory) bytes.fill(0);
    one.answerWith = delivered;
    one.answer();
    await clock.runWhile(() => one.stat('backlogRecords') !== 0);
    const good = 'a'.repeat(100);
    for (const { key, value, headers } of one.handed)
      expect([key, value, headers['a']].map(textOf)).toEqual([good, good, good]);
    expect(one.handed).toHaveLength(3);
  });

  it('does not change it either when the journal accepts only after a while', async () => {
    const { one, clock } = await running({ acceptAfterMs: 1_000 });
    const memory = mine();
    for (const bytes of memory) one.send([{ topic: 't', key: bytes, value: bytes }]);
    await clock.advance(2_000);
    expect(one.counts).toEqual({ accepted: 3 });
    for (const bytes of memory) bytes.fill(0);
    for (const { key, value } of one.handed)
      expect([key, value].map(textOf)).toEqual(['a'.repeat(100), 'a'.repeat(100)]);
    expect(one.handed).toHaveLength(3);
  });

  it('affects no other record before that', async () => {
    const { one, clock } = await running({ acknowledge: 'journaled' });
    const [first, second = new Uint8Array(0), third] = mine();
    const [, spoilt] = one.send(
      [first, second, third].map((bytes) => ({ topic: 't', value: bytes ?? null })),
    );
    structuredClone(second.buffer, { transfer: [second.buffer] });
    await clock.advance(100);
    expect(one.errorOf(spoilt)).toMatchObject({ code: 'INVALID_RECORD', stage: 'journal' });
    expect(one.counts).toEqual({ accepted: 2, unknown: 1 });
    expect(one.handed).toHaveLength(2);
    one.answer();
    await clock.advance(100);
    expect(one.stat('backlogRecords')).toBe(0);
  });
});

const textOf = (bytes: unknown): string => (bytes instanceof Uint8Array ? Buffer.from(bytes).toString() : '');
