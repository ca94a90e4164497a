import { fakeClock } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { recoveredTimes, SendTimes } from './send-times.js';

/** Notes records 0, 1, 2, … that far apart; `first` is the first one that is still held. */
function noted(count: number, apartMs: number): { readonly times: SendTimes; first: number } {
  const of = { times: new SendTimes(), first: 0 };
  of.times.firstHeld = () => of.first;
  for (let i = 0; i < count; i++) of.times.note(i, i * apartMs);
  return of;
}

describe('SendTimes', () => {
  it('returns when the oldest held record was sent, to the millisecond while there are few', () => {
    const of = noted(1_000, 1);
    for (const first of [0, 1, 500, 999]) {
      of.first = first;
      expect(of.times.oldest()).toBe(first);
    }
    expect(new SendTimes().oldest()).toBeUndefined();
  });

  it('treats the records of one millisecond as one, and a record out of order as the one before it', () => {
    const of = noted(10, 0.1);
    of.times.note(10, 5);
    of.times.note(11, 3);
    of.times.note(12, 6);
    for (const [first, at] of [
      [9, 0],
      [10, 5],
      [11, 5],
      [12, 6],
    ] as const) {
      of.first = first;
      expect(of.times.oldest()).toBe(at);
    }
  });

  it('has at most 1,024 marks over a week of records, and is at most a 500th of the age too early', () => {
    const week = 7 * 24 * 3_600_000;
    const count = 200_000;
    const of = noted(count, week / count);
    expect(Reflect.get(of.times, 'times')).toHaveProperty(
      'length',
      expect.toSatisfy((n) => n <= 1_024),
    );
    for (let first = 0; first < count; first += 9_973) {
      of.first = first;
      const sentAt = (first * week) / count;
      const at = of.times.oldest() ?? NaN;
      expect(at).toBeLessThanOrEqual(sentAt);
      expect(at).toBeGreaterThan(sentAt - week / 500);
    }
  });

  it('is to the millisecond again when the old ones are gone', () => {
    const of = noted(100_000, 1_000);
    of.first = 99_999;
    expect(of.times.oldest()).toBeGreaterThan(99_700_000); // measured by a reader that looks from time to time
    const at = 100_000 * 1_000;
    of.times.note(100_000, at);
    of.first = 100_000;
    expect(of.times.oldest()).toBe(at);
    for (let i = 1; i < 100; i++) of.times.note(100_000 + i, at + i);
    of.first = 100_050;
    expect(of.times.oldest()).toBe(at + 50);
  });
});

describe('recoveredTimes', () => {
  it('takes a timestamp as the time of send, unless it cannot be', () => {
    const wallNow = 1_700_000_000_000;
    const clock = fakeClock({ nowMs: 500, wallTimeMs: wallNow });
    const timeOf = recoveredTimes(clock);
    const made = wallNow - 60_000;
    const agesOf = [
      timeOf(0, made), // a time of the user's own: before the segment
      timeOf(made + 20_000, made),
      timeOf(wallNow + 1_000, made), // in the future: counts as the one before it
      timeOf(made + 10_000, made), // a clock that was set back
      timeOf(made + 30_000, undefined),
    ].map((at) => 500 - at);
    expect(agesOf).toEqual([60_000, 40_000, 40_000, 40_000, 30_000]);
  });

  it('returns now where nothing is known', () => {
    const clock = fakeClock({ nowMs: 500, wallTimeMs: 1_000 });
    expect(recoveredTimes(clock)(2_000, undefined)).toBe(500);
  });
});
