import { expect, it } from 'vitest';
import { deliveryOf } from '../contract/deliveries.fixture.js';
import { LeakDetector } from './leak-detector.js';

it('names the stages that never settled, with how many', () => {
  const detector = new LeakDetector();
  const found: string[] = [];
  const held = [0, 1, 2, 2].map((depth) => Object.assign(deliveryOf(), { depth }));
  const done = deliveryOf();
  for (const one of [...held, done]) detector.sent(one);
  detector.settled(done);
  detector.reportForgotten(
    ['the producer', 'buffer', 'held'],
    (stage, message) => void found.push(`${stage}: ${message}`),
  );
  const words = 'deliveries it was handed; settle each exactly once, in close at the latest';
  expect(found).toEqual([
    `the producer: never settled 1 ${words}`,
    `buffer: never settled 1 ${words}`,
    `held: never settled 2 ${words}`,
  ]);
});
