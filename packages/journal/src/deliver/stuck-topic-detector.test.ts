import { fakeClock } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { Stuck } from './stuck-topic-detector.js';

const topicRecords = { topic: 'orders', records: 1, bytes: 1, held: 0, cameUp: 0 };

describe('Stuck', () => {
  it('finds a topic of which nothing comes up', async () => {
    const clock = fakeClock();
    const stuck = new Stuck(clock, () => undefined);
    const counted = { ...topicRecords };
    expect(stuck.has(counted)).toBe(false);
    await clock.advance(1_000);
    expect(stuck.has(counted)).toBe(true);
  });

  it('takes none for stuck of which something lay there when the process had stood still', async () => {
    const clock = fakeClock();
    const counted = { ...topicRecords };
    const found: boolean[] = [];
    const stuck: Stuck = new Stuck(clock, () => found.push(stuck.has(counted)));
    stuck.has(counted);
    clock.arrive(5, () => counted.cameUp++);
    clock.block(3_000);
    await clock.advance(1_000);
    expect(found).toEqual([false]);
    stuck.cancel();
    expect(clock.pending).toBe(0);
  });
});
