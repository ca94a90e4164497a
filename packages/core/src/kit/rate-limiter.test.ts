import { fakeClock } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { Gate } from './notify.js';
import { Pacer } from './rate-limiter.js';

const { signal } = new AbortController();

describe('a pacer', () => {
  it('lets so many a second begin, and makes up for no delay', async () => {
    const clock = fakeClock();
    const pacer = new Pacer({ rate: 10, maxInFlight: 100, stopAfterMs: Infinity, clock, signal });
    const began: number[] = [];
    const work = (): Promise<void> => Promise.resolve(void began.push(clock.now()));
    for (let i = 0; i < 3; i++) await clock.until(pacer.begin(1, work));
    await clock.advance(5_000);
    for (let i = 0; i < 3; i++) await clock.until(pacer.begin(1, work));
    expect(began).toEqual([0, 100, 200, 5_200, 5_280, 5_380]);
  });

  it('lets so many be under way, of records and of bytes', async () => {
    const clock = fakeClock();
    const pacer = new Pacer({ rate: Infinity, maxInFlight: 2, stopAfterMs: Infinity, clock, signal });
    const gate = new Gate();
    let began = 0;
    const work = (): Promise<void> => {
      began++;
      return gate.wait();
    };
    for (let i = 0; i < 2; i++) await pacer.begin(1, work);
    const third = pacer.begin(64 * 1024 * 1024, work);
    await clock.advance(1_000);
    expect(began).toBe(2);
    gate.open();
    await third;
    const fourth = pacer.begin(1, work);
    await clock.advance(1_000);
    expect(began).toBe(3); // the third is larger than all together may be, and goes by itself
    gate.open();
    await fourth;
    gate.open();
    await pacer.settled();
    expect(began).toBe(4);
  });

  it('begins nothing more when it is told to end, and does not wait for the rate', async () => {
    const clock = fakeClock();
    const abort = new AbortController();
    const pacer = new Pacer({
      rate: 0.001,
      maxInFlight: 2,
      stopAfterMs: Infinity,
      clock,
      signal: abort.signal,
    });
    let began = 0;
    const work = (): Promise<void> => Promise.resolve(void began++);
    await pacer.begin(1, work);
    const second = pacer.begin(1, work);
    abort.abort();
    await second;
    expect([began, pacer.isOver, clock.now()]).toEqual([1, true, 0]);
    pacer.throwIfBroken();
  });

  it('begins nothing more when something broke, and says what', async () => {
    const pacer = new Pacer({
      rate: Infinity,
      maxInFlight: 2,
      stopAfterMs: Infinity,
      clock: fakeClock(),
      signal,
    });
    let began = 0;
    const work = (): Promise<void> => {
      began++;
      return Promise.reject(new Error('mine'));
    };
    await pacer.begin(1, work);
    await pacer.settled();
    await pacer.begin(1, work);
    expect(began).toBe(1);
    expect(() => pacer.throwIfBroken()).toThrow('mine');
  });

  it('ends when nothing has succeeded for too long, and what is under way has ended so', async () => {
    const clock = fakeClock();
    const pacer = new Pacer({ rate: Infinity, maxInFlight: 10, stopAfterMs: 1_000, clock, signal });
    const gate = new Gate();
    let began = 0;
    const work = (): Promise<void> => {
      began++;
      return gate.wait();
    };
    await pacer.begin(1, work);
    await clock.advance(999);
    await pacer.begin(1, work);
    await clock.advance(1);
    const third = pacer.begin(1, work);
    await clock.advance(60_000);
    // One of those under way succeeds after all, and it goes on.
    pacer.succeeded();
    gate.open();
    await third;
    expect([began, pacer.isStopped, pacer.isOver]).toEqual([3, false, false]);
    await clock.advance(1_000);
    const fourth = pacer.begin(1, work);
    gate.open();
    await fourth;
    expect([began, pacer.isStopped, pacer.isOver]).toEqual([3, true, true]);
  });

  it('does not take a long pause between two successes for the want of one', async () => {
    const clock = fakeClock();
    const pacer = new Pacer({ rate: 0.1, maxInFlight: 10, stopAfterMs: 1_000, clock, signal });
    const work = (): Promise<void> => Promise.resolve(pacer.succeeded());
    for (let i = 0; i < 3; i++) await clock.until(pacer.begin(1, work));
    expect(pacer.isStopped).toBe(false);
  });
});
