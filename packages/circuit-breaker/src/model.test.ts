import { checkProperty } from '@holdfast/testing';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import type { ModelOptions } from './model.fixture.js';
import { type answers, runModel, topics, type Step } from './model-run.fixture.js';

const options: fc.Arbitrary<ModelOptions> = fc.record({
  consecutiveFailures: fc.constantFrom(1, 2, 3, Infinity, Infinity, Infinity),
  failureRateThreshold: fc.constantFrom(0.25, 0.5, 1),
  minimumThroughput: fc.integer({ min: 1, max: 6 }),
  slidingWindowMs: fc.constantFrom(100, 1_000),
  openDurationMs: fc.constantFrom(10, 100),
  maxOpenDurationMs: fc.constantFrom(100, 350),
  halfOpenProbes: fc.integer({ min: 1, max: 3 }),
  probeTimeoutMs: fc.constantFrom(50, 1_000),
});

const topic = fc.constantFrom(...topics);
const send = fc.record({
  send: fc.array(
    fc.record({
      topic,
      records: fc.constantFrom(1, 2, 9, 10, 11, 15),
      keys: fc.constantFrom(0, 0, 1, 2, 12),
    }),
    {
      minLength: 1,
      maxLength: 4,
    },
  ),
});
const answer = fc.record(
  {
    answer: fc.oneof<fc.MaybeWeightedArbitrary<keyof typeof answers>[]>(
      { weight: 4, arbitrary: fc.constant('failed') },
      { weight: 4, arbitrary: fc.constant('ok') },
      { weight: 2, arbitrary: fc.constantFrom('unknown', 'tooLarge', 'badOrTooLarge', 'mixed') },
    ),
    call: fc.nat(5),
    only: topic,
    most: fc.constantFrom(1, 3, 1_000),
  },
  { requiredKeys: ['answer', 'call', 'most'] },
);
const advance = fc.record({ advance: fc.constantFrom(0, 1, 9, 10, 49, 50, 99, 100, 200, 1_000) });
const hand = fc.record(
  { hand: fc.constantFrom('open' as const, 'close' as const, 'isolate' as const), topic },
  { requiredKeys: ['hand'] },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: send },
  { weight: 9, arbitrary: answer },
  { weight: 5, arbitrary: advance },
  { weight: 1, arbitrary: hand },
);
const steps = fc.array(step, { size: 'max', maxLength: 60 });

describe('a breaker compared with its model', () => {
  it('admits, refuses and changes state like the model', async () => {
    await checkProperty(fc.asyncProperty(options, steps, runModel), { runs: 300 });
  });
});
