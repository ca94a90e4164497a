import { checkProperty, fakeClock } from '@holdfast/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AsyncWorkLoop } from './async-work-loop.js';

describe('AsyncWorkLoop', () => {
  it('does everything once, in order, one at a time, whenever it comes', async () => {
    const items = fc.array(fc.record({ afterMs: fc.nat({ max: 10 }), takesMs: fc.nat({ max: 10 }) }), {
      maxLength: 40,
    });
    const property = fc.asyncProperty(items, async (all) => {
      const clock = fakeClock();
      const waiting: number[] = [];
      const done: number[] = [];
      let underWay = 0;
      const loop = new AsyncWorkLoop(async () => {
        const one = waiting.shift();
        if (one === undefined) return false;
        expect(++underWay).toBe(1);
        await new Promise<void>((resolve) => void clock.after(all[one]?.takesMs ?? 0, resolve));
        underWay--;
        done.push(one);
        return true;
      });
      const runs: Promise<void>[] = [];
      for (const [index, { afterMs }] of all.entries()) {
        await clock.advance(afterMs);
        waiting.push(index);
        runs.push(loop.run());
      }
      await clock.until(Promise.all(runs));
      expect(done).toEqual(Array.from(all, (_, index) => index));
      await loop.idle();
    });
    await checkProperty(property);
  });

  it('begins in no call of run, and takes what comes in the same turn', async () => {
    const waiting: string[] = [];
    const steps: string[][] = [];
    const loop = new AsyncWorkLoop(() => {
      const all = waiting.splice(0);
      if (all.length > 0) steps.push(all);
      return Promise.resolve(all.length > 0);
    });
    waiting.push('a');
    const first = loop.run();
    expect(steps).toEqual([]);
    waiting.push('b');
    expect(loop.run()).toBe(first);
    await first;
    expect(steps).toEqual([['a', 'b']]);
  });

  it('goes round again for a call that was made while the last step looked', async () => {
    let looks = 0;
    const loop = new AsyncWorkLoop(() => {
      if (++looks === 1) void loop.run();
      return Promise.resolve(false);
    });
    await loop.run();
    expect(looks).toBe(2);
  });

  it('rejects with what a step rejects with, and runs again after that', async () => {
    const waiting = [new Error('a step failed'), 'good'];
    const done: unknown[] = [];
    const loop = new AsyncWorkLoop(() => {
      const one = waiting.shift();
      if (one instanceof Error) return Promise.reject(one);
      if (one !== undefined) done.push(one);
      return Promise.resolve(one !== undefined);
    });
    await expect(loop.run()).rejects.toThrow('a step failed');
    await loop.run();
    expect(done).toEqual(['good']);
  });
});
