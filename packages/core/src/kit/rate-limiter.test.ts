import { fakeClock } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { Notify } from './notify.js';
import { RateLimiter } from './rate-limiter.js';

const { signal } = new AbortController();

describe('a limiter', () => {
  it('lets so many a second begin, and makes up for no delay', async () => {
    const clock = fakeClock();
    const limiter = new RateLimiter({ rate: 10, maxInFlight: 100, stopAfterMs: Infinity, clock, signal });
    const began: number[] = [];
    const work = (): Promise<void> => Promise.resolve(void began.push(clock.now()));
    for (let i = 0; i < 3; i++) await clock.until(limiter.begin(1, work));
    await clock.advance(5_000);
    for (let i = 0; i < 3; i++) await clock.until(limiter.begin(1, work));
    expect(began).toEqual([0, 100, 200, 5_200, 5_280, 5_380]);
  });

  it('lets so many be under way, of records and of bytes', async () => {
    const clock = fakeClock();
    const limiter = new RateLimiter({ rate: Infinity, maxInFlight: 2, stopAfterMs: Infinity, clock, signal });
    const notify = new Notify();
    let began = 0;
    const work = (): Promise<void> => {
      began++;
      return notify.wait();
    };
    for (let i = 0; i < 2; i++) await limiter.begin(1, work);
    const third = limiter.begin(64 * 1024 * 1024, work);
    await clock.advance(1_000);
    expect(began).toBe(2);
    notify.notifyAll();
    await third;
    const fourth = limiter.begin(1, work);
    await clock.advance(1_000);
    expect(began).toBe(3); // the third is larger than all together may be, and goes by itself
    notify.notifyAll();
    await fourth;
    notify.notifyAll();
    await limiter.settled();
    expect(began).toBe(4);
  });

  it('begins nothing more when it is told to end, and does not wait for the rate', async () => {
    const clock = fakeClock();
    const abort = new AbortController();
    const limiter = new RateLimiter({
      rate: 0.001,
      maxInFlight: 2,
      stopAfterMs: Infinity,
      clock,
      signal: abort.signal,
    });
    let began = 0;
    const work = (): Promise<void> => Promise.resolve(void began++);
    await limiter.begin(1, work);
    const second = limiter.begin(1, work);
    abort.abort();
    await second;
    expect([began, limiter.isOver, clock.now()]).toEqual([1, true, 0]);
    limiter.throwIfBroken();
  });

  it('begins nothing more when something broke, and says what', async () => {
    const limiter = new RateLimiter({
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
    await limiter.begin(1, work);
    await limiter.settled();
    await limiter.begin(1, work);
    expect(began).toBe(1);
    expect(() => limiter.throwIfBroken()).toThrow('mine');
  });

  it('ends when nothing has succeeded for too long, and what is under way has ended so', async () => {
    const clock = fakeClock();
    const limiter = new RateLimiter({ rate: Infinity, maxInFlight: 10, stopAfterMs: 1_000, clock, signal });
    const notify = new Notify();
    let began = 0;
    const work = (): Promise<void> => {
      began++;
      return notify.wait();
    };
    await limiter.begin(1, work);
    await clock.advance(999);
    await limiter.begin(1, work);
    await clock.advance(1);
    const third = limiter.begin(1, work);
    await clock.advance(60_000);
    // One of those under way succeeds after all, and it goes on.
    limiter.succeeded();
    notify.notifyAll();
    await third;
    expect([began, limiter.isStopped, limiter.isOver]).toEqual([3, false, false]);
    await clock.advance(1_000);
    const fourth = limiter.begin(1, work);
    notify.notifyAll();
    await fourth;
    expect([began, limiter.isStopped, limiter.isOver]).toEqual([3, true, true]);
  });

  it('does not take a long pause between two successes for the want of one', async () => {
    const clock = fakeClock();
    const limiter = new RateLimiter({ rate: 0.1, maxInFlight: 10, stopAfterMs: 1_000, clock, signal });
    const work = (): Promise<void> => Promise.resolve(limiter.succeeded());
    for (let i = 0; i < 3; i++) await clock.until(limiter.begin(1, work));
    expect(limiter.isStopped).toBe(false);
  });
});
