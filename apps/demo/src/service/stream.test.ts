import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { recordOf, type StreamRecord } from '../records.js';
import { Book } from './book.js';
import type { Sender } from './sender.js';
import { Stream } from './stream.js';

function setUp(records: number | undefined, rate = 1_000) {
  const handed: StreamRecord[] = [];
  const book = new Book();
  const answer = (record: StreamRecord): Promise<void> => {
    handed.push(record);
    return record.key === 'key-03' ? Promise.reject(new Error('refused')) : Promise.resolve();
  };
  const sender: Sender = { send: (records) => records.map(answer), close: async () => {} };
  return { handed, book, stream: new Stream(sender, book, rate, records) };
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

  it('stops where it is told to, once', async () => {
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
    expect(book.progress()).toEqual({ sent: 1, acknowledged: 1, rejected: 0 });
    const ended = stream.run();
    await vi.advanceTimersByTimeAsync(100);
    await ended;
    expect(handed).toEqual(Array.from({ length: 10 }, (_, n) => recordOf(n)));
  });

  it('books what is refused', async () => {
    const { book, stream } = setUp(10);
    const ended = stream.run();
    await vi.advanceTimersByTimeAsync(100);
    await ended;
    expect(book.progress()).toEqual({ sent: 10, acknowledged: 9, rejected: 1 });
  });
});
