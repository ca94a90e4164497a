import { fakeClock } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { StuckTopicDetector } from './stuck-topic-detector.js';

const topicInFlight = { topic: 'orders', records: 1, bytes: 1, retrying: 0, settled: 0 };

describe('StuckTopicDetector', () => {
  it('finds a topic whose records are not settled', async () => {
    const clock = fakeClock();
    const detector = new StuckTopicDetector(clock, () => undefined);
    const counted = { ...topicInFlight };
    expect(detector.isStuck(counted)).toBe(false);
    await clock.advance(1_000);
    expect(detector.isStuck(counted)).toBe(true);
  });

  it('does not take a topic for stuck when an answer had arrived while the process was suspended', async () => {
    const clock = fakeClock();
    const counted = { ...topicInFlight };
    const found: boolean[] = [];
    const detector: StuckTopicDetector = new StuckTopicDetector(clock, () =>
      found.push(detector.isStuck(counted)),
    );
    detector.isStuck(counted);
    clock.arrive(5, () => counted.settled++);
    clock.block(3_000);
    await clock.advance(1_000);
    expect(found).toEqual([false]);
    detector.cancel();
    expect(clock.pending).toBe(0);
  });
});
