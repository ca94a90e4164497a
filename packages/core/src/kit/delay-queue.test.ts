import { checkProperty, fakeClock } from '@holdfast/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DelayQueue } from './delay-queue.js';

const someItems = fc.array(fc.record({ afterMs: fc.nat({ max: 20 }), inMs: fc.nat({ max: 500 }) }), {
  maxLength: 60,
});

describe('DelayQueue', () => {
  it('hands out each item once, at its time, in order, with at most one timer', async () => {
    const property = fc.asyncProperty(someItems, async (items) => {
      const clock = fakeClock();
      const handedOut: { dueAt: number; at: number }[] = [];
      const queue = new DelayQueue<{ dueAt: number }>(clock, (due) => {
        for (const { dueAt } of due) handedOut.push({ dueAt, at: clock.now() });
      });
      for (const { afterMs, inMs } of items) {
        await clock.advance(afterMs);
        queue.add({ dueAt: clock.now() + inMs });
        expect(clock.pending).toBe(1);
      }
      await clock.runAll();
      expect(handedOut).toHaveLength(items.length);
      for (const { dueAt, at } of handedOut) expect(at).toBe(dueAt);
      expect(clock.pending).toBe(0);
    });
    await checkProperty(property);
  });

  it('hands out what is late together, the earliest first', async () => {
    const property = fc.asyncProperty(fc.array(fc.nat({ max: 500 }), { maxLength: 60 }), async (times) => {
      const clock = fakeClock();
      const rounds: number[][] = [];
      const queue = new DelayQueue<{ dueAt: number }>(clock, (due) =>
        rounds.push(due.map(({ dueAt }) => dueAt)),
      );
      for (const dueAt of times) queue.add({ dueAt });
      clock.block(1_000);
      await clock.runAll();
      expect(rounds).toEqual(times.length === 0 ? [] : [times.sort((one, other) => one - other)]);
    });
    await checkProperty(property);
  });

  it('gives everything back, and leaves no timer', () => {
    const clock = fakeClock();
    const queue = new DelayQueue<{ dueAt: number }>(clock, () => expect.unreachable());
    for (const dueAt of [30, 10, 20]) queue.add({ dueAt });
    expect(queue.takeAll()).toHaveLength(3);
    expect(clock.pending).toBe(0);
    queue.add({ dueAt: 40 });
    expect(clock.nextInMs).toBe(40);
  });
});
