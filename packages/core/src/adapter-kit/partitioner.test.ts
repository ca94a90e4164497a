import { seededRandom } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { defaultPartitioner, keyPartition } from './partitioner.js';
import { SerializedRecord } from '../contract/record.js';

const record = (key: string | null, topic = 'orders'): SerializedRecord =>
  new SerializedRecord(topic, key === null ? null : Buffer.from(key), null, undefined, undefined, 0);
const six = (available = [0, 1, 2, 3, 4, 5], topic = 'orders') => ({ topic, count: 6, available });

describe('defaultPartitioner', () => {
  it('lets the key decide, among all partitions, leader or not', () => {
    const partition = defaultPartitioner(() => 0);
    expect(partition(record('k1'), six([3]))).toBe(keyPartition(Buffer.from('k1'), 6));
  });

  it('sticks to one partition with a leader for records without a key, topic by topic', () => {
    const chances = [0.99, 0, 0.5];
    const partition = defaultPartitioner(() => chances.shift() ?? 0);
    expect(partition(record(null), six([1, 4]))).toBe(4);
    expect(partition(record(null), six([1, 4]))).toBe(4);
    expect(partition(record(null, 'bills'), six([1, 4], 'bills'))).toBe(1);
  });

  it('sticks for no longer than a batch, when it is told which', () => {
    const partition = defaultPartitioner(seededRandom(1));
    const chosen = Array.from({ length: 90 }, (_, n) =>
      partition(record(null), { ...six(), batch: Math.floor(n / 3) }),
    );
    for (let batch = 0; batch < 30; batch++) {
      expect(new Set(chosen.slice(batch * 3, batch * 3 + 3)).size).toBe(1);
    }
    expect(new Set(chosen).size).toBe(6);
  });

  it('takes any partition when none has a leader', () => {
    expect(defaultPartitioner(() => 0.5)(record(null), six([]))).toBe(3);
  });
});
