import { expect, it } from 'vitest';
import vectors from '../../vectors/murmur2.json' with { type: 'json' };
import { murmur2 } from '../contract/murmur2.js';
import { keyPartition } from '../adapter-kit/partitioner.js';

it.each(vectors)('hashes $key as Java does, and maps it to the same partitions', (vector) => {
  const key = Buffer.from(vector.key, 'hex');
  expect(murmur2(key)).toBe(vector.murmur2);
  expect([3, 6, 7, 1000].map((count) => keyPartition(key, count))).toEqual([
    vector.of3,
    vector.of6,
    vector.of7,
    vector.of1000,
  ]);
});

it('hashes only the bytes of a view into a larger buffer', () => {
  const whole = Buffer.from('xxorder-1yy');
  expect(murmur2(whole.subarray(2, 9))).toBe(murmur2(Buffer.from('order-1')));
});
