import { describe, expect, it } from 'vitest';
import { kindOf, mixedRecords } from './mixed-records.js';
import { asRead } from './reader/read-record.fixture.js';

const mix = { topic: 'open', forbiddenTopic: 'forbidden', partitions: 6, epochMs: 1_700_000_000_000 };
const { recordOf, numberOf, laneOf } = mixedRecords(mix);
const some = Array.from({ length: 600 }, (_, n) => n);
const firstThatIs = (kind: string): number => some.find((n) => kindOf(n) === kind) ?? NaN;

describe('the records of the mix', () => {
  it('are recognised byte for byte', () => {
    for (const n of some) expect(numberOf(asRead(recordOf(n)))).toBe(n);
  });

  it("are of three kinds: ordinary, larger than a topic's default limit, to a forbidden topic", () => {
    const [fine, large, forbidden] = ['fine', 'too-large', 'forbidden'].map(firstThatIs).map(recordOf);
    expect([fine?.topic, large?.topic, forbidden?.topic]).toEqual(['open', 'open', 'forbidden']);
    expect(large?.value.length).toBeGreaterThan(1_048_588);
    expect(fine?.value.length).toBeLessThan(1_000);
  });

  it('keep their order within a key and kind', () => {
    const [fine, forbidden] = [firstThatIs('fine'), firstThatIs('forbidden')];
    expect(laneOf(fine)).toBe(laneOf(fine + 100));
    expect(laneOf(forbidden)).not.toBe(laneOf(forbidden + 100));
  });

  it.each([
    [{ topic: 'forbidden' }],
    [{ timestamp: mix.epochMs }],
    [{ partition: 3 }],
    [{ headers: [] }],
    [{ headers: [['number', '4'] as const, ['trace', 'other'] as const] }],
    [{ key: 'key-05' }],
  ])('are refused when one thing is not as it was sent: %o', (changes) => {
    expect(numberOf(asRead(recordOf(4)))).toBe(4);
    expect(numberOf(asRead(recordOf(4), changes))).toBeUndefined();
  });
});
