import { fakeClock } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { untilDeadline, within } from './deadline.js';
import { Gate } from './notify.js';

async function isOpen(promise: Promise<void>): Promise<boolean> {
  return Promise.race([promise.then(() => true), Promise.resolve().then(() => Promise.resolve(false))]);
}

describe('within', () => {
  it('answers with what the work does, or with the other thing when that fails or is late', async () => {
    const clock = fakeClock();
    const never = new Promise<string>(() => undefined);
    for (const deadline of [clock.now() + 100, Infinity]) {
      expect(await within(Promise.resolve('done'), deadline, clock, 'else')).toBe('done');
      expect(await within(Promise.reject(new Error('no')), deadline, clock, 'else')).toBe('else');
    }
    expect(clock.pending).toBe(0);
    expect(await clock.until(within(never, clock.now() + 100, clock, 'else'))).toBe('else');
  });
});

describe('within, after the process stood still', () => {
  it('answers with what came meanwhile, though the deadline has passed', async () => {
    const clock = fakeClock();
    const work = new Promise<string>((resolve) => clock.arrive(5, () => resolve('done')));
    const answer = within(work, clock.now() + 100, clock, 'else');
    clock.block(3_000);
    expect(await clock.until(answer)).toBe('done');
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
