import { checkProperty, fakeClock } from '@holdfast/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Alarm } from './alarm.js';

const someThings = fc.array(fc.record({ afterMs: fc.nat({ max: 20 }), inMs: fc.nat({ max: 500 }) }), {
  maxLength: 60,
});

it('rings for each thing once, at its time, in order, with at most one timer', async () => {
  const property = fc.asyncProperty(someThings, async (things) => {
    const clock = fakeClock();
    const rung: { dueAt: number; at: number }[] = [];
    const alarm = new Alarm<{ dueAt: number }>(clock, (due) => {
      for (const { dueAt } of due) rung.push({ dueAt, at: clock.now() });
    });
    for (const { afterMs, inMs } of things) {
      await clock.advance(afterMs);
      alarm.add({ dueAt: clock.now() + inMs });
      expect(clock.pending).toBe(1);
    }
    await clock.runAll();
    expect(rung).toHaveLength(things.length);
    for (const { dueAt, at } of rung) expect(at).toBe(dueAt);
    expect(clock.pending).toBe(0);
  });
  await checkProperty(property);
});
