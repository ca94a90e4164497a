import { describe, expect, it } from 'vitest';
import { asRead } from './reader/read-record.fixture.js';
import { keyCount, smallRecords } from './records.js';

const { recordOf, numberOf, laneOf } = smallRecords('t');

describe('the records of the stream', () => {
  it('are identified by their number alone', () => {
    for (const n of [0, 7, keyCount, 123_456]) {
      expect(numberOf(asRead(recordOf(n)))).toBe(n);
      expect(recordOf(n).value).toHaveLength(100);
    }
  });

  it('share a key and a lane at a fixed distance', () => {
    expect(recordOf(3).key).toBe(recordOf(3 + keyCount).key);
    expect(recordOf(3).key).not.toBe(recordOf(4).key);
    expect(laneOf(3)).toBe(laneOf(3 + keyCount));
  });

  it.each([
    [{ key: 'key-13' }],
    [{ key: null }],
    [{ value: null }],
    [{ value: String(recordOf(12).value).replace(/.$/, '!') }],
    [{ value: 'something else' }],
  ])('are refused when a byte is not as it was sent: %o', (changes) => {
    expect(numberOf(asRead(recordOf(12), changes))).toBeUndefined();
  });
});
