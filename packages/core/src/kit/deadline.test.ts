import { fakeClock } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { untilDeadline, within } from './deadline.js';
import { Notify } from './notify.js';
import { afterSilence } from './silence.js';

async function isOpen(promise: Promise<void>): Promise<boolean> {
  return Promise.race([promise.then(() => true), Promise.resolve().then(() => Promise.resolve(false))]);
}

const late = (): never => {
  throw new Error('late');
};
const never = new Promise<void>(() => undefined);

describe('within', () => {
  it('gives what the work gives, and leaves no timer', async () => {
    const clock = fakeClock();
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- foreign code may
    const text = Promise.reject('text');
    await expect(within(Promise.resolve(5), 10, clock, late)).resolves.toBe(5);
    await expect(within(Promise.reject(new Error('x')), 10, clock, late)).rejects.toThrow('x');
    await expect(within(text, 10, clock, late)).rejects.toBe('text');
    expect(clock.pending).toBe(0);
  });

  it('gives what late returns or throws at the deadline, also one that has passed', async () => {
    const clock = fakeClock({ nowMs: 100 });
    const soon = within(never, 110, clock, late);
    const past = within(never, 50, clock, late);
    const other = within(new Promise<string>(() => undefined), 110, clock, () => 'other');
    soon.catch(() => undefined);
    past.catch(() => undefined);
    await clock.advance(10);
    await expect(past).rejects.toThrow('late');
    await expect(soon).rejects.toThrow('late');
    await expect(other).resolves.toBe('other');
  });

  it('gives what came while the process stood still, though the deadline has passed', async () => {
    const clock = fakeClock();
    const work = new Promise<number>((resolve) => clock.arrive(5, () => resolve(5)));
    const answer = within(work, 100, clock, late);
    clock.block(3_000);
    await expect(clock.until(answer)).resolves.toBe(5);
  });

  it('waits for ever without a deadline, and leaves no timer', async () => {
    const clock = fakeClock();
    let answer: (value: number) => void = () => undefined;
    const work = new Promise<number>((resolve) => (answer = resolve));
    const ends: unknown[] = [];
    const ended = within(work, Infinity, clock, late).then(
      (value) => ends.push(value),
      (error: unknown) => ends.push(error),
    );
    expect(clock.pending).toBe(0);
    await clock.advance(1e12);
    expect(ends).toEqual([]);
    answer(5);
    await ended;
    expect(ends).toEqual([5]);
  });

  it('listens on after a silence that was held up itself', async () => {
    const clock = fakeClock();
    const work = new Promise<number>((resolve) => clock.arrive(3_500, () => resolve(5)));
    const answer = within(work, 1_000, clock, late, afterSilence);
    clock.block(3_000);
    await expect(clock.until(answer)).resolves.toBe(5);
  });
});

describe('untilDeadline', () => {
  it('is over when the work has failed', async () => {
    const clock = fakeClock();
    for (const deadline of [100, Infinity])
      await untilDeadline(Promise.reject(new Error('no')), deadline, clock);
    expect(clock.pending).toBe(0);
  });

  it('is over at the deadline, at once when that has passed', async () => {
    const clock = fakeClock();
    const notify = new Notify();
    const waiting = untilDeadline(notify.wait(), clock.now() + 100, clock);
    await clock.advance(99);
    expect(await isOpen(waiting)).toBe(false);
    await clock.advance(1);
    await waiting;
    await clock.until(untilDeadline(notify.wait(), clock.now() - 1, clock));
  });

  it('leaves no timer behind when it was over before', async () => {
    const clock = fakeClock();
    const notify = new Notify();
    const waiting = untilDeadline(notify.wait(), clock.now() + 100, clock);
    notify.notifyAll();
    await waiting;
    expect(clock.pending).toBe(0);
  });

  it('waits without end for Infinity', async () => {
    const clock = fakeClock();
    const notify = new Notify();
    const waiting = untilDeadline(notify.wait(), Infinity, clock);
    expect(clock.pending).toBe(0);
    notify.notifyAll();
    await waiting;
  });
});
