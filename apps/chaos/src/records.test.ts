import { expect, it } from 'vitest';
import { numberOfBytes, recordOf } from './records.js';

it('the number determines the whole record, and the record contains it', () => {
  for (const n of [0, 1, 7, 50, 4_000, 123_456, 2_000_000_000]) {
    expect(recordOf(n)).toEqual(recordOf(n));
    expect(numberOfBytes(Buffer.from(recordOf(n).value))).toBe(n);
  }
  expect(numberOfBytes(Buffer.from('none'))).toBeUndefined();
  expect(numberOfBytes(null)).toBeUndefined();
});

it('most records are small, some exceed a page, few exceed a small segment', () => {
  const lengths = Array.from({ length: 10_000 }, (_, n) => recordOf(n).value.length);
  expect(lengths.filter((length) => length < 500).length).toBeGreaterThan(9_000);
  expect(lengths.filter((length) => length > 4_000).length).toBeGreaterThan(100);
  expect(Math.max(...lengths)).toBeGreaterThan(32 * 1024);
});

it('some have no key, and each key has several records', () => {
  const keys = Array.from({ length: 2_000 }, (_, n) => recordOf(n).key);
  const counts = new Map<string | null, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  expect(counts.get(null)).toBeGreaterThan(50);
  expect(Math.min(...counts.values())).toBeGreaterThan(10);
});
