import { isDeepStrictEqual } from 'node:util';
import { expect, it } from 'vitest';
import { makeRecords } from './records.js';

it('makes the same records for the same arguments, with many keys', () => {
  const records = makeRecords('orders', 5_000, 100);
  expect(isDeepStrictEqual(records, makeRecords('orders', 5_000, 100))).toBe(true);
  expect(new Set(records.map(({ key }) => key.toString())).size).toBeGreaterThan(3_000);
  expect(records.every(({ topic, value }) => topic === 'orders' && value.length === 100)).toBe(true);
});
