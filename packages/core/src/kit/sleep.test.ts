import { fakeClock } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { sleep } from './sleep.js';

describe('sleep', () => {
  it('resolves after the time', async () => {
    const clock = fakeClock();
    await clock.until(sleep(clock, 100));
    expect(clock.now()).toBe(100);
  });

  it('resolves when the signal is aborted, and leaves no timer', async () => {
    const clock = fakeClock();
    const abort = new AbortController();
    const asleep = sleep(clock, 100, abort.signal);
    abort.abort();
    await asleep;
    await sleep(clock, 100, abort.signal);
    expect(clock.now()).toBe(0);
    expect(clock.pending).toBe(0);
  });
});
