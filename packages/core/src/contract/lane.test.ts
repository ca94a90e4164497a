import { describe, expect, it } from 'vitest';
import { noLane } from './delivery.js';
import { laneOf } from './lane.js';
import { SerializedRecord } from './record.js';

const lane = (topic: string, key: string | null, partition?: number): number =>
  laneOf(new SerializedRecord(topic, key === null ? null : Buffer.from(key), null, undefined, partition, 0));

describe('laneOf', () => {
  it('returns noLane for a record without key and partition', () => {
    expect(lane('orders', null)).toBe(noLane);
  });

  it('is equal for equal topics and keys, and for equal topics and partitions whatever the key', () => {
    expect(lane('orders', 'k')).toBe(lane('orders', 'k'));
    expect(lane('orders', 'k', 3)).toBe(lane('orders', 'other', 3));
    expect(lane('orders', null, 3)).toBe(lane('orders', 'k', 3));
  });

  it('differs by topic, by key and by partition, even when topics alternate', () => {
    const lanes = [
      lane('orders', 'k'),
      lane('bills', 'k'),
      lane('orders', 'l'),
      lane('orders', 'k', 0),
      lane('orders', 'k', 1),
      lane('bills', 'k', 1),
    ];
    expect(new Set(lanes).size).toBe(lanes.length);
    expect(lane('orders', 'k')).toBe(lanes[0]);
  });

  it('returns a lane for an empty key: it is a key', () => {
    expect(lane('orders', '')).not.toBe(noLane);
  });

  it('is a non-negative small integer for V8, and is spread over its low bits', () => {
    const low = new Map<number, number>();
    for (let i = 0; i < 16_000; i++) {
      const one = lane('orders', `key-${i}`);
      if (one < 0 || one >= 2 ** 30) throw new Error(`${one} is no such integer`);
      low.set(one & 15, (low.get(one & 15) ?? 0) + 1);
    }
    expect(low.size).toBe(16);
    for (const count of low.values()) expect(Math.abs(count - 1_000)).toBeLessThan(200);
  });
});
