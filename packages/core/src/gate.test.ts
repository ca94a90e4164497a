import { fakeClock } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { Gate, untilDeadline } from './gate.js';

async function isOpen(promise: Promise<void>): Promise<boolean> {
  return Promise.race([promise.then(() => true), Promise.resolve().then(() => Promise.resolve(false))]);
}

describe('a gate', () => {
  it('lets all pass who wait when it is opened, and nobody who comes later', async () => {
    const gate = new Gate();
    expect(gate.isAwaited).toBe(false);
    gate.open();
    const first = gate.wait();
    expect(gate.wait()).toBe(first);
    expect(gate.isAwaited).toBe(true);
    gate.open();
    await first;
    expect(gate.isAwaited).toBe(false);
    expect(await isOpen(gate.wait())).toBe(false);
  });
});

describe('untilDeadline', () => {
  it('is over at the deadline, at once when that has passed', async () => {
    const clock = fakeClock();
    const gate = new Gate();
    const waiting = untilDeadline(gate.wait(), clock.now() + 100, clock);
    await clock.advance(99);
    expect(await isOpen(waiting)).toBe(false);
    await clock.advance(1);
    await waiting;
    await clock.until(untilDeadline(gate.wait(), clock.now() - 1, clock));
  });

  it('leaves no timer behind when it was over before', async () => {
    const clock = fakeClock();
    const gate = new Gate();
    const waiting = untilDeadline(gate.wait(), clock.now() + 100, clock);
    gate.open();
    await waiting;
    expect(clock.pending).toBe(0);
  });

  it('waits without end for Infinity', async () => {
    const clock = fakeClock();
    const gate = new Gate();
    const waiting = untilDeadline(gate.wait(), Infinity, clock);
    expect(clock.pending).toBe(0);
    gate.open();
    await waiting;
  });
});
