import type { Headers, ProducerRecord } from '@holdfast/core';
import { fakeClock, simulatedDisk } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { Harness } from './harness.fixture.js';
import { directory, largeComesBack, mebi, throughTheJournal } from './records.fixture.js';

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

  it('larger than a chunk comes back as it was', async () => {
    await largeComesBack(6 * mebi);
  });

  it('of one of thousands of topics comes back as it was, and costs no more than the name', async () => {
    const records = Array.from({ length: 5_000 }, (_, i) => ({
      topic: `topic-${i % 2_500}-${'x'.repeat(200)}`,
      key: `${i}`,
      value: `${i}`,
    }));
    const { sent, found } = await throughTheJournal(records);
    expect(found).toEqual(sent);
  });

  it('larger than a quarter of maxBytes is rejected, and the others are not', async () => {
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
