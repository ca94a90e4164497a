import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { smallRecords, type StreamRecord } from '../records.js';
import { Book } from './book.js';
import type { Hear, Sender } from './sender.js';
import { Stream } from './stream.js';

const catalogue = smallRecords('t');
const { recordOf } = catalogue;

interface SetUp {
  readonly callers?: number;
  /** Answers when the test says so: until then the records wait. */
  readonly answer?: (hear: () => void) => void;
}

function setUp(records: number | undefined, { callers, answer = (hear) => hear() }: SetUp = {}) {
  const handed: StreamRecord[] = [];
  const book = new Book();
  const hand = (some: readonly StreamRecord[], hear: Hear): void => {
    handed.push(...some);
    for (const [at, { key }] of some.entries()) {
      answer(() => hear(at, key === 'key-03' ? new Error('refused') : undefined));
    }
  };
  const sender: Sender = { hand, onTheirWay: () => 0, close: async () => {} };
  const stream = new Stream(sender, book, { catalogue, rate: 1_000, records, callers });
  return { handed, book, stream };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('the stream', () => {
  it('sends at its rate, without waiting, until its end', async () => {
    const { handed, stream } = setUp(250);
    const ended = stream.run();
    await vi.advanceTimersByTimeAsync(100);
    expect(handed).toHaveLength(100);
    await vi.advanceTimersByTimeAsync(150);
    await ended;
    expect(handed).toEqual(Array.from({ length: 250 }, (_, n) => recordOf(n)));
  });

  it('makes up for a late tick', async () => {
    const { handed, stream } = setUp(undefined);
    void stream.run();
    const held = vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 500);
    await vi.advanceTimersByTimeAsync(10);
    held.mockRestore();
    expect(handed).toHaveLength(500);
  });

  it('stops at the given number, once', async () => {
    const { handed, stream } = setUp(undefined);
    const ended = stream.run();
    await vi.advanceTimersByTimeAsync(50);
    stream.stopAt(70);
    stream.stopAt(1_000);
    await vi.advanceTimersByTimeAsync(1_000);
    await ended;
    expect(handed).toHaveLength(70);
  });

  it('counts the record that warms it up', async () => {
    const { handed, book, stream } = setUp(10);
    await stream.warmUp();
    expect(book.noted()).toEqual({ sent: 1, acknowledged: 1, rejected: 0 });
    const ended = stream.run();
    await vi.advanceTimersByTimeAsync(100);
    await ended;
    expect(handed).toEqual(Array.from({ length: 10 }, (_, n) => recordOf(n)));
  });

  it('sends no more than its callers wait for, and takes the orders that arrived as callers get free', async () => {
    const answers: (() => void)[] = [];
    const { handed, stream } = setUp(10, { callers: 4, answer: (hear) => answers.push(hear) });
    const ended = stream.run();
    await vi.advanceTimersByTimeAsync(100);
    expect([stream.arrived, handed.length]).toEqual([10, 4]);
    for (let answered = 0; answered < 6; answered++) answers.shift()?.();
    await ended;
    expect(handed).toEqual(Array.from({ length: 10 }, (_, n) => recordOf(n)));
  });

  it('books rejections', async () => {
    const { book, stream } = setUp(10);
    const ended = stream.run();
    await vi.advanceTimersByTimeAsync(100);
    await ended;
    expect(book.noted()).toEqual({ sent: 10, acknowledged: 9, rejected: 1 });
  });
});
