import { checkProperty, fakeClock, type FakeClock } from '@holdfast/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DeadlineSweep } from './deadline-sweep.js';
import { afterReading } from './silence.js';

const intervalMs = 50;

/** Ends each deadline that it was given; `ended` holds `[deadline, when it was ended]`. */
function sweeping(clock: FakeClock): { watch: (deadline: number) => void; ended: [number, number][] } {
  const ended: [number, number][] = [];
  let left: number[] = [];
  const sweep = new DeadlineSweep({
    clock,
    intervalMs,
    sweep: (now) => {
      const late = left.filter((deadline) => deadline <= now);
      left = left.filter((deadline) => deadline > now);
      if (left.length > 0) sweep.watchNext(Math.min(...left));
      for (const deadline of late) ended.push([deadline, now]);
    },
  });
  const watch = (deadline: number): void => {
    left.push(deadline);
    sweep.watch(deadline);
  };
  return { watch, ended };
}

describe('DeadlineSweep', () => {
  it('ends each at its deadline or within the interval after it, with at most one timer', async () => {
    const items = fc.array(fc.record({ afterMs: fc.nat({ max: 20 }), inMs: fc.nat({ max: 500 }) }), {
      maxLength: 60,
    });
    const property = fc.asyncProperty(items, async (all) => {
      const clock = fakeClock();
      const { watch, ended } = sweeping(clock);
      for (const { afterMs, inMs } of all) {
        await clock.advance(afterMs);
        watch(clock.now() + inMs);
        expect(clock.pending).toBeLessThanOrEqual(1);
      }
      await clock.runAll();
      expect(ended).toHaveLength(all.length);
      for (const [deadline, at] of ended) {
        expect(at).toBeGreaterThanOrEqual(deadline);
        expect(at).toBeLessThanOrEqual(deadline + intervalMs);
      }
      expect(clock.pending).toBe(0);
    });
    await checkProperty(property);
  });

  it('sweeps the less often the more it has to look at, whatever deadlines come meanwhile', async () => {
    const clock = fakeClock();
    const sweeps: number[] = [];
    const sweep = new DeadlineSweep({
      clock,
      intervalMs: 5,
      sweep: (now) => {
        sweeps.push(now);
        sweep.watchNext(now + 1, sweeps.length < 3 ? 0 : 100_000);
      },
    });
    for (let ms = 0; ms < 250; ms++) {
      sweep.watch(clock.now() + 1);
      await clock.advance(1);
    }
    expect(sweeps).toEqual([1, 6, 11, 111, 211]);
  });

  it('sweeps at the first deadline to the millisecond, and the others together', async () => {
    const clock = fakeClock();
    const { watch, ended } = sweeping(clock);
    for (const deadline of [130, 100, 120, 150, 200]) watch(deadline);
    await clock.runAll();
    expect(ended).toEqual([
      [100, 100],
      [130, 150],
      [120, 150],
      [150, 150],
      [200, 200],
    ]);
  });

  it('sets no timer for a deadline that never comes, and none once it is cancelled', () => {
    const clock = fakeClock();
    const sweep = new DeadlineSweep({ clock, intervalMs, sweep: () => expect.unreachable() });
    sweep.watch(Infinity);
    sweep.watchNext(Infinity);
    expect(clock.pending).toBe(0);
    sweep.watch(100);
    sweep.cancel();
    expect(clock.pending).toBe(0);
    sweep.watch(200);
    expect(clock.nextInMs).toBe(200);
  });

  it('waits as it is told to: here until what has arrived is read', async () => {
    const clock = fakeClock();
    const order: string[] = [];
    const sweep = new DeadlineSweep({
      clock,
      intervalMs,
      sweep: () => order.push('swept'),
      wait: afterReading,
    });
    sweep.watch(100);
    clock.arrive(150, () => order.push('read'));
    clock.block(1_000);
    await clock.runAll();
    expect(order).toEqual(['read', 'swept']);
  });
});
