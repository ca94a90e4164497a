import { describe, expect, it } from 'vitest';
import { beforeMs, timingOf } from './timing.js';

describe('the timing of the acts', () => {
  it('pauses for longer than a client waits for an answer, in both forms', () => {
    const short = timingOf(false);
    expect(short.pauseMs).toBeGreaterThan(short.requestTimeoutMs ?? Infinity);
    const full = timingOf(true);
    expect(full.requestTimeoutMs).toBeUndefined();
    expect(full.pauseMs).toBeGreaterThan(30_000);
  });

  it('keeps the whole cluster down for 20 s at full length', () => {
    expect(timingOf(true).clusterDownMs).toBe(20_000);
  });

  it('strikes while a short stream still runs', () => {
    const timing = timingOf(true);
    expect(beforeMs(timing, 1_000, undefined)).toBe(3_000);
    expect(beforeMs(timing, 1_000, 100_000)).toBe(3_000);
    expect(beforeMs(timing, 1_000, 2_000)).toBe(500);
  });
});
