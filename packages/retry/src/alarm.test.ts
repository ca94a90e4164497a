import { fc, test } from '@fast-check/vitest';
import { fakeClock } from '@holdfast/testing';
import { expect } from 'vitest';
import { Alarm } from './alarm.js';

test.prop([
  fc.array(fc.record({ afterMs: fc.nat({ max: 20 }), inMs: fc.nat({ max: 500 }) }), { maxLength: 60 }),
])('rings for each thing once, at its time, in order, with at most one timer', async (things) => {
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
