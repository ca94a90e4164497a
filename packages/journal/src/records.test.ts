import type { Headers, ProducerRecord, SerializedRecord } from '@holdfast/core';
import { fakeClock, simulatedDisk } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { Harness } from './harness.fixture.js';

const mebi = 1024 * 1024;
const directory = '/outbox';

const bytes = (of: Uint8Array | null): Buffer | null => (of === null ? null : Buffer.from(of));

/** As plain data, with equal bytes equal whatever class they have. */
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

/** What the next start sends of records that were accepted before a power loss. */
async function throughTheJournal(
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

const value = 'v';
const cases: { readonly [title: string]: readonly ProducerRecord[] } = {
  'of 0 bytes': [{ topic: 't', key: '', value: '' }],
  'without key': [{ topic: 't', key: null, value }],
  'without value': [{ topic: 't', key: 'k', value: null }],
  'with neither': [{ topic: 't', value: null }],
  'with 1,000 headers': [
    {
      topic: 't',
      value,
      headers: Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`name ${i}`, `value ${i}`])),
    },
  ],
  'with the same header twice, one without bytes, and a name like any other': [
    {
      topic: 't',
      value,
      headers: Object.fromEntries<Headers[string]>([
        ['twice', ['a', Buffer.from([0, 255])]],
        ['none', []],
        ['empty', ''],
        ['', 'no name'],
        ['__proto__', 'x'],
      ]),
    },
  ],
  'with headers of bytes that are no UTF-8': [
    { topic: 't', value: Buffer.from([0xff, 0xfe, 0]), headers: { raw: Buffer.from([0x80, 0xc0, 0xff]) } },
  ],
  'with no headers, but an object for them': [{ topic: 't', value, headers: {} }],
  'with partitions of their own': [0, 1, 127, 128, 2 ** 31 - 1].map((partition) => ({
    topic: 't',
    value,
    partition,
  })),
  'with every kind of timestamp': [
    0,
    -1,
    1,
    -(2 ** 40),
    2 ** 30 - 1,
    2 ** 30,
    -(2 ** 30),
    2 ** 31,
    Date.UTC(9999, 0),
    Number.MAX_SAFE_INTEGER,
    Number.MIN_SAFE_INTEGER,
    1_700_000_000_000.5,
  ].map((timestamp) => ({ topic: 't', value, timestamp })),
  'with the longest topic name': [
    { topic: 't'.repeat(249), value },
    { topic: 'ü'.repeat(249), value },
  ],
};

describe('a record', () => {
  it.each(Object.entries(cases))('%s comes back as it was', async (_, records) => {
    const { sent, found } = await throughTheJournal(records);
    expect(found).toEqual(sent);
  });

  it('of 64 MiB comes back as it was', async () => {
    const large = Buffer.alloc(64 * mebi, 7);
    large.write('begin');
    large.write('end', large.length - 3);
    const { sent, found } = await throughTheJournal(
      [
        { topic: 't', value: 'before' },
        { topic: 't', value: large },
        { topic: 't', value: 'behind' },
      ],
      512 * mebi,
    );
    expect(found.length).toBe(3);
    // Compared as text, a difference would take minutes to print.
    expect(JSON.stringify(sent[0])).toBe(JSON.stringify(found[0]));
    expect(JSON.stringify(sent[2])).toBe(JSON.stringify(found[2]));
    const [, expected] = sent;
    const [, actual] = found;
    expect(valueOf(actual).equals(valueOf(expected))).toBe(true);
  }, 60_000);

  it('of one of thousands of topics comes back as it was, and costs no more than its name', async () => {
    const records = Array.from({ length: 5_000 }, (_, i) => ({
      topic: `topic-${i % 2_500}-${'x'.repeat(200)}`,
      key: `${i}`,
      value: `${i}`,
    }));
    const { sent, found } = await throughTheJournal(records);
    expect(found).toEqual(sent);
  });

  it('larger than a quarter of maxBytes is refused, and the others are not', async () => {
    const clock = fakeClock();
    const harness = new Harness({
      disk: simulatedDisk(),
      clock,
      journal: { directory, maxBytes: mebi },
      answer: { status: 'delivered', topic: '', partition: 0, offset: 0, timestamp: 0 },
    });
    await clock.until(harness.start());
    const [small, large] = harness.send([
      { topic: 't', value: Buffer.alloc(mebi / 4) },
      { topic: 't', value: Buffer.alloc(mebi / 4 + 1) },
    ]);
    await clock.advance(100);
    expect(harness.outcomeOf(small)).toMatchObject({ status: 'delivered' });
    expect(harness.outcomeOf(large)).toMatchObject({ status: 'failed', error: { code: 'RECORD_TOO_LARGE' } });
    expect(harness.errorOf(large)?.message).toContain('raise maxBytes');
    await clock.until(harness.close());
  });
});

function valueOf(record: unknown): Buffer {
  if (typeof record === 'object' && record !== null && 'value' in record && record.value instanceof Buffer)
    return record.value;
  throw new Error('a record without a value');
}
