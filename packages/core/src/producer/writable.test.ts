import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { describe, expect, it, vi } from 'vitest';
import { turn } from '../contract/deliveries.fixture.js';
import { delivered, type HeldAdapter, refused, textOf } from '../chain/held-adapter.fixture.js';
import { atOnce, order, setUp } from './producer.fixture.js';

const orders = (count: number): object[] => Array.from({ length: count }, (_, i) => order(`${i}`));
/** Answers what is there, turn after turn, until told to stop. */
function answering(adapter: HeldAdapter): () => void {
  let go = true;
  const next = (): void => {
    adapter.answer();
    if (go) setImmediate(next);
  };
  next();
  return () => (go = false);
}

describe('writable', () => {
  it('sends what is written, in order, and finishes once every record has its outcome', async () => {
    const { producer, adapter } = await setUp();
    const stream = producer.writable();
    const finished = vi.fn();
    stream.on('finish', finished);
    stream.write(order('a'));
    stream.end(order('b'));
    await turn();
    expect(adapter.values).toEqual(['a', 'b']);
    expect(finished).not.toHaveBeenCalled();
    adapter.answer();
    await turn();
    expect(finished).toHaveBeenCalledOnce();
  });

  it('finishes at once when nothing was written', async () => {
    const { producer } = await setUp();
    await pipeline(Readable.from([]), producer.writable());
  });

  it('holds back its source while highWaterMark records are on their way', async () => {
    const { producer, adapter } = await setUp();
    let most = 0;
    const stream = producer.writable({ highWaterMark: 5 });
    const done = pipeline(Readable.from(orders(200)), stream);
    while (producer.stats().delivered < 200) {
      most = Math.max(most, producer.stats().held);
      adapter.answer();
      await turn();
    }
    await done;
    expect(most).toBe(5);
    expect(adapter.values).toEqual(orders(200).map((_, i) => `${i}`));
  });

  it('answers false from write when it is full, and drains', async () => {
    const { producer, adapter } = await setUp();
    const stream = producer.writable({ highWaterMark: 2 });
    const drained = vi.fn();
    stream.on('drain', drained);
    const answers = orders(6).map((record) => stream.write(record));
    expect(answers.at(-1)).toBe(false);
    expect(producer.stats().held).toBe(2);
    const stop = answering(adapter);
    await vi.waitFor(() => expect(drained).toHaveBeenCalled());
    stop();
    expect(producer.stats().delivered).toBe(6);
  });

  it('without onError, a record that fails destroys the stream: a pipeline rejects with its error', async () => {
    const { producer, adapter } = await setUp();
    const source = Readable.from(orders(10_000));
    const done = pipeline(source, producer.writable({ highWaterMark: 10 }));
    done.catch(() => undefined);
    await turn();
    adapter.answer((delivery) => (textOf(delivery) === '3' ? refused() : delivered(delivery)));
    await expect(done).rejects.toMatchObject({ code: 'LEADER_UNAVAILABLE' });
    expect(source.destroyed).toBe(true);
    adapter.answer();
    expect(producer.stats()).toMatchObject({ held: 0, failed: 1 });
    expect(producer.stats().sent).toBeLessThan(100);
  });

  it('with onError, goes on and tells which record failed and why, also one that is refused', async () => {
    const { producer, adapter } = await setUp();
    const errors: unknown[] = [];
    const onError = (error: { readonly code: string }, record: object): void =>
      void errors.push([error.code, record]);
    const records = [order('a'), { topic: '', value: 'b' }, order('c')];
    const done = pipeline(Readable.from(records), producer.writable({ onError }));
    await turn();
    await turn();
    adapter.answer((delivery) => (textOf(delivery) === 'a' ? refused() : delivered(delivery)));
    await done;
    expect(errors).toEqual([
      ['INVALID_RECORD', records[1]],
      ['LEADER_UNAVAILABLE', records[0]],
    ]);
  });

  it('an onError that throws does not stop the stream', async () => {
    const { producer } = await setUp({ use: [atOnce(refused)] });
    const errors: unknown[] = [];
    producer.on('callbackError', ({ error }) => errors.push(error));
    const onError = (): never => {
      throw new Error('x');
    };
    await pipeline(Readable.from(orders(3)), producer.writable({ onError, highWaterMark: 1 }));
    expect(errors).toHaveLength(3);
  });

  it('an async onError that rejects is an event, as it is for any callback', async () => {
    const { producer } = await setUp({ use: [atOnce(refused)] });
    const errors: unknown[] = [];
    producer.on('callbackError', ({ error }) => errors.push(error));
    const onError = (): unknown => Promise.reject(new Error('x'));
    await pipeline(Readable.from(orders(3)), producer.writable({ onError }));
    await turn();
    expect(errors).toEqual(Array(3).fill(new Error('x')));
  });

  it('destroyed on its way, takes nothing more; what is on its way ends as any other', async () => {
    const { producer, adapter } = await setUp();
    const stream = producer.writable({ highWaterMark: 2 });
    for (const record of orders(5)) stream.write(record);
    stream.destroy();
    await turn();
    adapter.answer();
    await turn();
    expect(adapter.values).toEqual(['0', '1']);
    expect(producer.stats()).toMatchObject({ sent: 2, delivered: 2 });
  });

  it('refuses wrong options', async () => {
    const { producer } = await setUp();
    expect(() => producer.writable({ highWaterMark: 0 })).toThrow("'highWaterMark' must be a whole number");
    expect(() => void Reflect.apply(producer.writable, producer, [{ hwm: 5 }])).toThrow(
      "unknown option 'hwm'",
    );
  });
});
