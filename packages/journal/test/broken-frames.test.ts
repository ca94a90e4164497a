import { Cursor, encodeRecord, recordFlags } from '@holdfast/core/internal';
import { SerializedRecord } from '@holdfast/core/stage';
import { fakeClock, simulatedDisk, type SimulatedDisk } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import type { Damage } from '../src/damage.js';
import { frame } from '../src/format/layout.js';
import { framesOf, rewriteFirstFrame, sealAgain, type Contents } from './frames.fixture.js';
import { delivered, Harness } from './harness.fixture.js';
import { exportRecords } from '../src/inspect/export.js';
import { inspectJournal } from '../src/inspect/inspect.js';
import { replayJournal } from '../src/inspect/replay.js';
import { verifyJournal } from '../src/inspect/verify.js';
import type { JournalOptions } from '../src/options.js';

const directory = '/outbox';
const path = `${directory}/0000000001.segment`;
const options: JournalOptions = {
  directory,
  acknowledge: 'journaled',
  segmentBytes: 16 * 1024,
  maxBytes: 1024 * 1024,
};
const time = 1_700_000_000_000;
const records = 9;
const headers = { trace: 'abc', several: ['a', Buffer.from([0, 255])] };

/**
 * What remains of an encoder that gives up at a key, or value, whose memory is gone: its length,
 * which is 0.
 */
function half(field: 'key' | 'value', hasHeaders: boolean): Buffer {
  const cursor = new Cursor(Buffer.alloc(100), 0);
  const empty = Buffer.alloc(0);
  const key = field === 'key' ? empty : Buffer.from('key');
  const record = new SerializedRecord('t', key, field === 'key' ? null : empty, undefined, undefined, time);
  encodeRecord(cursor, record, 0, time, undefined);
  const flags = cursor.page.readUInt8(0) | recordFlags.value | (hasHeaders ? recordFlags.headers : 0);
  cursor.page.writeUInt8(flags, 0);
  return cursor.page.subarray(0, cursor.at);
}

/** Replaces some records of the frame, which then never existed. */
const inPlaceOf =
  (indexes: readonly number[], other: Buffer) =>
  ({ records: all, count }: Contents): Omit<Contents, 'time'> => ({
    records: all.map((one, i) => (indexes.includes(i) ? other : one)),
    count: count - indexes.length,
  });

/** The records are counted, but missing. */
const spoil =
  (index: number, change: (record: Buffer) => void) =>
  ({ records: all, count }: Contents): Omit<Contents, 'time'> => {
    const copies = all.map((one) => Buffer.from(one));
    const one = copies[index];
    if (one !== undefined) change(one);
    return { records: copies, count };
  };

const cases: readonly {
  readonly title: string;
  readonly change: (before: Contents) => Omit<Contents, 'time'>;
  /** Values that cannot be there any more. */
  readonly without: readonly number[];
  /** Of these, records whose sender was notified that they were safe. */
  readonly lost: number;
}[] = [
  {
    title: 'half a record, without value',
    change: inPlaceOf([4], half('value', false)),
    without: [4],
    lost: 0,
  },
  {
    title: 'half a record, without value and headers',
    change: inPlaceOf([4], half('value', true)),
    without: [4],
    lost: 0,
  },
  { title: 'half a record, without key', change: inPlaceOf([4], half('key', false)), without: [4], lost: 0 },
  {
    title: 'half a record, without key and headers',
    change: inPlaceOf([4], half('key', true)),
    without: [4],
    lost: 0,
  },
  { title: 'half a record as the first', change: inPlaceOf([0], half('key', true)), without: [0], lost: 0 },
  { title: 'half a record as the last', change: inPlaceOf([8], half('key', true)), without: [8], lost: 0 },
  {
    title: 'several halves of records',
    change: inPlaceOf([1, 4, 5], half('key', true)),
    without: [1, 4, 5],
    lost: 0,
  },
  {
    title: 'several halves of records that look like whole ones',
    change: inPlaceOf([1, 4, 5], half('value', false)),
    without: [1, 4, 5],
    lost: 0,
  },
  {
    // It follows the flags, the topic and the time, with one byte each.
    title: 'a negative partition',
    change: spoil(3, (record) => void record.writeUInt8(253, 3)),
    without: [3],
    lost: 1,
  },
  {
    title: 'bytes that are no record',
    change: spoil(6, (record) => void record.fill(255)),
    without: [6],
    lost: 1,
  },
  {
    title: 'no record at all',
    change: ({ records: all, count }) => ({ records: [Buffer.concat(all).fill(255)], count }),
    without: Array.from({ length: records }, (_, i) => i),
    lost: records,
  },
];

/** A journal of two frames and more, the first of which has been rewritten. */
async function journalWith(change: (before: Contents) => Omit<Contents, 'time'>): Promise<SimulatedDisk> {
  const clock = fakeClock();
  const disk = simulatedDisk();
  const one = new Harness({ disk, clock, journal: { ...options, maxInFlightRecords: 1 } });
  await clock.until(one.start());
  for (const from of [0, records, 2 * records]) {
    one.send(
      Array.from({ length: records }, (_, i) => ({
        topic: 't',
        key: `key ${from + i}`,
        value: `${from + i}`,
        partition: 5,
        timestamp: time,
        headers,
      })),
    );
    await clock.advance(100);
  }
  const left = disk.kill({ keep: 'all' });
  const bytes = Buffer.from(left.readFile(path));
  rewriteFirstFrame(bytes, change);
  left.writeFile(path, bytes);
  return left;
}

describe.each(cases)('a frame whose checksum is right, with $title', ({ change, without, lost }) => {
  const expected = Array.from({ length: 3 * records }, (_, i) => i)
    .filter((i) => !without.includes(i))
    .map(String);

  it('yields what can be read of it, and the rest of the journal, and is reported', async () => {
    const disk = await journalWith(change);
    const bytes = Buffer.from(disk.readFile(path));
    const [start = 0, end = 0] = framesOf(bytes);
    const clock = fakeClock();
    const one = new Harness({ disk, clock, journal: options, answer: delivered });
    await clock.until(one.start());
    await clock.runWhile(() => one.stat('backlogRecords') !== 0);
    expect(one.handed.map(({ value }) => String(value))).toEqual(expected);
    for (const { partition, headers: own } of one.handed) {
      expect(partition).toBe(5);
      expect(own).toEqual(headers);
    }
    const [said, ...more] = one.said['journal.damaged'];
    expect(more).toEqual([]);
    expect(said).toMatchObject({ kind: 'unreadable-records', path, start, end, records: lost });
    const kept = disk.files().find((file) => file.endsWith('.damaged')) ?? '';
    expect(said).toMatchObject({ quarantine: kept });
    expect(Buffer.from(disk.readFile(kept)).equals(bytes.subarray(start, end))).toBe(true);
    expect(one.logger.text()).toContain(`byte ${start} to ${end} are not all records, ${lost} are lost`);
    await clock.until(one.close());
    const next = new Harness({ disk: disk.kill(), clock: fakeClock(), journal: options });
    await next.start();
    expect(next.stat('backlogRecords')).toBe(0);
  });

  it('prevents a strict start, whose error names the place', async () => {
    const disk = await journalWith(change);
    const clock = fakeClock();
    const one = new Harness({ disk, clock, journal: { ...options, corruption: 'strict' } });
    const starting = one.start();
    starting.catch(() => undefined);
    await expect(clock.until(starting)).rejects.toMatchObject({
      code: 'JOURNAL_CORRUPT',
      problems: [expect.stringContaining(path)],
    });
  });

  it('is reported by export, inspect, verify and replay', async () => {
    const disk = await journalWith(change);
    const kinds: string[] = [];
    const values: unknown[] = [];
    const onDamage = ({ kind }: { readonly kind: string }): void => void kinds.push(kind);
    for await (const { value } of exportRecords(directory, { disk, onDamage })) values.push(value);
    expect(values).toEqual(expected);
    const { isSound, damage } = await verifyJournal(directory, { disk });
    expect(isSound).toBe(false);
    const report = await inspectJournal(directory, { disk });
    expect(report.totals.live).toBe(expected.length);
    const sent: string[] = [];
    const clock = fakeClock();
    const target = {
      send: ({ value }: SerializedRecord): Promise<unknown> => Promise.resolve(sent.push(String(value))),
    };
    const replay = await clock.until(replayJournal(directory, target, { disk, clock }));
    expect(sent).toEqual(expected);
    expect(replay).toMatchObject({ live: expected.length, delivered: expected.length, failed: 0 });
    for (const found of [damage, report.damage, replay.damage])
      expect(found).toMatchObject([{ kind: 'unreadable-records', records: lost }]);
    expect(kinds).toEqual(['unreadable-records']);
  });
});

it('a frame that claims more records than it has bytes is damaged like any other', async () => {
  const disk = await journalWith(({ records: all, count }) => ({ records: all, count }));
  const bytes = Buffer.from(disk.readFile(path));
  const [at = 0] = framesOf(bytes);
  bytes.writeUInt32LE(2 ** 32 - 1, at + frame.count);
  sealAgain(bytes, at);
  disk.writeFile(path, bytes);
  expect((await verifyJournal(directory, { disk })).damage).toMatchObject([{ kind: 'corrupt', start: at }]);
});

it('no reader throws whichever byte of its records differs, and every other frame is read', async () => {
  const disk = await journalWith(({ records: all, count }) => ({ records: all, count }));
  const sound = Buffer.from(disk.readFile(path));
  const [at = 0] = framesOf(sound);
  const recordBytes = sound.readUInt32LE(at + frame.recordBytes);
  let noticed = 0;
  for (let place = 0; place < recordBytes; place++) {
    const bytes = Buffer.from(sound);
    const of = at + frame.body + place;
    bytes.writeUInt8(bytes.readUInt8(of) ^ (1 << (place & 7)), of);
    sealAgain(bytes, at);
    const changed = disk.fork();
    changed.writeFile(path, bytes);
    const values: unknown[] = [];
    const found: Damage[] = [];
    const onDamage = (one: Damage): void => void found.push(one);
    for await (const { value } of exportRecords(directory, { disk: changed, onDamage })) values.push(value);
    const others = Array.from({ length: 2 * records }, (_, i) => String(records + i));
    expect(values.slice(-2 * records), `byte ${place}`).toEqual(others);
    // Nobody can know that it had another key or value if it is still a record.
    if (found.length === 0) expect(values).toHaveLength(3 * records);
    else {
      noticed++;
      expect(found).toMatchObject([{ kind: 'unreadable-records', start: at }]);
    }
  }
  expect(noticed).toBeGreaterThan(recordBytes / 4);
});
