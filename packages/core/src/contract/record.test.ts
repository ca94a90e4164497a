import { spoilings } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { recordBytes, SerializedRecord, type Headers } from './record.js';

const bytesOf = (key: string | null, value: string | null, headers?: Headers): number =>
  recordBytes(
    new SerializedRecord(
      'orders',
      key === null ? null : Buffer.from(key),
      value === null ? null : Buffer.from(value),
      headers,
      undefined,
      0,
    ),
  );

describe('recordBytes', () => {
  it.each([
    [bytesOf(null, null), 0],
    [bytesOf('k', 'value'), 6],
    [bytesOf('ü', '€'), 5],
    [bytesOf(null, null, {}), 0],
    [bytesOf(null, null, { ä: 'ö', b: Buffer.from([1, 2, 3]) }), 4 + 4],
    [bytesOf(null, null, { a: ['x', Buffer.from('yz')], b: [] }), 2 + 3],
  ])('%i is %i', (bytes, expected) => {
    expect(bytes).toBe(expected);
  });
});

describe('SerializedRecord', () => {
  it('creates headers on first access, and lets them be replaced', () => {
    const record = new SerializedRecord('t', null, null, undefined, undefined, 0);
    expect(record.hasHeaders).toBe(false);
    record.headers['a'] = 'x';
    expect(record.hasHeaders).toBe(true);
    record.headers = { b: 'y' };
    expect(record.headers).toEqual({ b: 'y' });
  });
});

describe('the size of a spoilt record', () => {
  it.each(spoilings)('$title: invalid data counts as 0 bytes', ({ spoil }) => {
    const record = new SerializedRecord('t', Buffer.from('k'), Buffer.from('value'), { a: 'b' }, 0, 0);
    spoil(record);
    const bytes = recordBytes(record);
    expect(bytes).toBeGreaterThanOrEqual(0);
    expect(bytes).toBeLessThan(30);
  });
});
