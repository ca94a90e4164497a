import { describe, expect, it } from 'vitest';
import { keyCount, numberOf, recordOf } from './records.js';

describe('the records of the stream', () => {
  it('are told by their number and nothing else', () => {
    for (const n of [0, 7, keyCount, 123_456]) {
      const { key, value } = recordOf(n);
      expect(numberOf(key, value)).toBe(n);
      expect(value).toHaveLength(100);
    }
  });

  it('share a key every so many records', () => {
    expect(recordOf(3).key).toBe(recordOf(3 + keyCount).key);
    expect(recordOf(3).key).not.toBe(recordOf(4).key);
  });

  it('are refused when a byte is not as it was sent', () => {
    const { key, value } = recordOf(12);
    expect(numberOf('key-13', value)).toBeUndefined();
    expect(numberOf(null, value)).toBeUndefined();
    expect(numberOf(key, null)).toBeUndefined();
    expect(numberOf(key, `${value.slice(0, -1)}!`)).toBeUndefined();
    expect(numberOf(key, 'something else')).toBeUndefined();
  });
});
