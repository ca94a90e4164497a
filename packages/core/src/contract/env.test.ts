import { systemClock } from '../system/clock.js';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

describe('systemClock', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('runs after the given time, unless cancelled', () => {
    const run = vi.fn();
    systemClock.after(50, run);
    systemClock.after(50, run).cancel();
    vi.advanceTimersByTime(49);
    expect(run).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(run).toHaveBeenCalledOnce();
  });

  it('waits longer than setTimeout can, or for ever, and can be cancelled meanwhile', () => {
    const longest = 2 ** 31 - 1;
    const run = vi.fn();
    systemClock.after(2 * longest + 10, run);
    const cancelled = systemClock.after(2 * longest, run);
    const forever = systemClock.after(Infinity, run);
    vi.advanceTimersByTime(longest);
    cancelled.cancel();
    vi.advanceTimersByTime(longest + 9);
    expect(run).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(run).toHaveBeenCalledOnce();
    forever.cancel();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('runs `soon` in the next turn of the event loop', () => {
    const run = vi.fn();
    systemClock.soon(run);
    expect(run).not.toHaveBeenCalled();
    vi.runAllTimers();
    expect(run).toHaveBeenCalledOnce();
  });

  it('returns the wall time, and a monotonic time', () => {
    vi.useRealTimers();
    expect(Math.abs(systemClock.wallTime() - Date.now())).toBeLessThan(1_000);
    const before = systemClock.now();
    expect(systemClock.now()).toBeGreaterThanOrEqual(before);
  });
});
