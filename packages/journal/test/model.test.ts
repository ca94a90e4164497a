import { checkProperty } from '@holdfast/testing';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { runModel, type Setup, type Step } from './model-run.fixture.js';

const setups: fc.Arbitrary<Setup> = fc.record({
  acknowledge: fc.constantFrom('delivered', 'journaled'),
  fsync: fc.oneof(
    { weight: 4, arbitrary: fc.constant('always' as const) },
    { weight: 1, arbitrary: fc.constantFrom('interval' as const, 'never' as const) },
  ),
  whenFull: fc.constantFrom('block', 'reject', 'bypass'),
  encrypted: fc.boolean(),
  maxInFlightRecords: fc.constantFrom(3, 20, 1_000),
  maxBytes: fc.constantFrom(64 * 1024, 128 * 1024, 1024 * 1024),
  deadlineMs: fc.constantFrom(Infinity, Infinity, 300),
  acceptAfterMs: fc.constantFrom(Infinity, 30, 500, 2_000),
  topics: fc.constantFrom(1, 2, 4),
});

const append = fc.record({
  append: fc.integer({ min: 1, max: 40 }),
  bytes: fc.oneof(fc.nat(100), fc.nat(2_000), fc.nat(15_000)),
});
const answer = fc.record({
  answer: fc.oneof(
    { weight: 6, arbitrary: fc.constant('delivered' as const) },
    { weight: 2, arbitrary: fc.constantFrom('failed' as const, 'lost' as const, 'written' as const) },
    { weight: 1, arbitrary: fc.constant('rejected' as const) },
  ),
  lanes: fc.integer({ min: 1, max: 15 }),
  most: fc.integer({ min: 1, max: 30 }),
});
const kafka = fc.record({ kafka: fc.constantFrom('up' as const, 'down' as const, 'silent' as const) });
const advance = fc.record({ advance: fc.constantFrom(0, 1, 4, 20, 60, 250, 1_000, 10_000) });
const fault = fc.record({
  fault: fc.oneof(
    fc.record({ error: fc.constantFrom('EIO' as const, 'ENOSPC' as const) }),
    fc.record({ error: fc.constant('EIO' as const), bytes: fc.nat(3_000) }),
    fc.record({ bytes: fc.integer({ min: 1, max: 3_000 }) }),
    fc.record({ stop: fc.constantFrom('before' as const, 'during' as const, 'after' as const) }),
  ),
  operation: fc.oneof(
    fc.constant(undefined),
    fc.constantFrom('sync' as const, 'write' as const, 'rename' as const, 'open' as const, 'read' as const),
  ),
  call: fc.integer({ min: 1, max: 12 }),
  lasts: fc.boolean(),
});
const full = fc.record({ full: fc.constantFrom(0, 4_096, 20_000) });
const heal = fc.constant({ heal: true as const });
const end = fc.record({
  end: fc.constantFrom('kill' as const, 'crash' as const, 'crash' as const, 'close' as const),
  keep: fc.constantFrom('random' as const, 'random' as const, 'none' as const, 'all' as const),
  seed: fc.nat(1_000),
  key: fc.nat(2),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: append },
  { weight: 6, arbitrary: answer },
  { weight: 7, arbitrary: advance },
  { weight: 2, arbitrary: kafka },
  { weight: 2, arbitrary: end },
  { weight: 1, arbitrary: fault },
  { weight: 1, arbitrary: heal },
  { weight: 1, arbitrary: full },
);
const steps = fc.array(step, { size: 'max', maxLength: 30 });

/** Many records wait for one topic or another. */
const crowded = fc.record({
  acknowledge: fc.constantFrom('journaled' as const, 'journaled' as const, 'delivered' as const),
  fsync: fc.constantFrom('always' as const, 'always' as const, 'never' as const),
  whenFull: fc.constantFrom('block' as const, 'block' as const, 'bypass' as const),
  encrypted: fc.boolean(),
  maxInFlightRecords: fc.constantFrom(5, 20, 50),
  maxBytes: fc.constant(1024 * 1024),
  deadlineMs: fc.constantFrom(Infinity, 3_000),
  acceptAfterMs: fc.constantFrom(Infinity, 500, 2_000),
  topics: fc.constantFrom(2, 4),
});
const stuckStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      append: fc.integer({ min: 1, max: 60 }),
      bytes: fc.oneof(fc.nat(100), fc.nat(2_000)),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      answer: fc.oneof(
        { weight: 9, arbitrary: fc.constant('delivered' as const) },
        answer.map((one) => one.answer),
      ),
      lanes: fc.constantFrom(1, 2, 4, 8, 5, 10, 14),
      most: fc.integer({ min: 1, max: 60 }),
    }),
  },
  { weight: 6, arbitrary: fc.record({ advance: fc.constantFrom(1, 20, 1_000, 1_000, 3_000) }) },
  { weight: 1, arbitrary: end },
  { weight: 1, arbitrary: fc.oneof(kafka, fault, heal, full) },
);
const stuckSteps = fc.array(stuckStep, { size: 'max', maxLength: 40 });

describe('a journal against its model', () => {
  it('keeps its promises, in order, whatever happens', async () => {
    await checkProperty(fc.asyncProperty(setups, steps, runModel), { runs: 100 });
  }, 3_600_000);

  it('keeps them when it skips stuck topics, too', async () => {
    await checkProperty(fc.asyncProperty(crowded, stuckSteps, runModel), { runs: 100 });
  }, 3_600_000);
});
