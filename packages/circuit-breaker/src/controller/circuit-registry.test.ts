import { statOf } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { delivered, fails, harness, type Harness } from '../harness.fixture.js';
import { circuitName } from './circuit-name.js';
import { maxCircuits } from './circuit-registry.js';

/** Sends one record to each of that many topics, and delivers it. */
const deliverTo = ({ result }: Harness, topics: number, name = 'other'): void => {
  for (let i = 0; i < topics; i++) result(delivered, { topic: `${name} ${i}` });
};
const circuitsOf = ({ stage }: Harness): number => Number(statOf(stage, 'circuits'));

describe('circuits beyond the limit', () => {
  it('stay if they are open, or have failures, as long as another can be forgotten', () => {
    const bench = harness({ consecutiveFailures: 3 });
    bench.breaker.open({ topic: 'open' });
    for (let i = 0; i < 2; i++) bench.result(fails('UNKNOWN_TOPIC'), { topic: 'failing' });
    deliverTo(bench, 3 * maxCircuits);
    expect(circuitsOf(bench)).toBeGreaterThan(maxCircuits * 0.89);
    expect(circuitsOf(bench)).toBeLessThanOrEqual(maxCircuits);
    expect(bench.breaker.state({ topic: 'open' })).toBe('open');
    bench.result(fails('UNKNOWN_TOPIC'), { topic: 'failing' });
    expect(bench.breaker.state({ topic: 'failing' })).toBe('open');
  });

  it('are forgotten when they are idle, the longest unused first', () => {
    const bench = harness({ consecutiveFailures: false, failureRateThreshold: 0.5, minimumThroughput: 4 });
    const topics = ['idle', 'busy'].map((topic) => ({ topic }));
    for (const one of topics) for (let i = 0; i < 10; i++) bench.result(delivered, one);
    for (let round = 0; round < 30; round++) {
      deliverTo(bench, maxCircuits / 10, `round ${round}`);
      bench.result(delivered, { topic: 'busy' });
    }
    // Of 4 results all are failures, of 44 not even one in ten.
    for (const one of topics) for (let i = 0; i < 4; i++) bench.result(fails('UNKNOWN_TOPIC'), one);
    expect(topics.map((one) => bench.breaker.state(one))).toEqual(['open', 'closed']);
  });

  it('are bounded even when all of them are open, and the newest stays', () => {
    const bench = harness();
    for (let i = 0; i < 2 * maxCircuits; i++) {
      bench.breaker.open({ topic: `t${i}` });
      if (i % 1_000 === 0) expect(bench.breaker.state({ topic: `t${i}` })).toBe('open');
    }
    expect(circuitsOf(bench)).toBeGreaterThan(maxCircuits * 0.89);
    expect(circuitsOf(bench)).toBeLessThanOrEqual(maxCircuits);
    expect(bench.breaker.state({ topic: `t${maxCircuits / 2}` })).toBe('closed');
  });
});

it('names a circuit after its place', () => {
  expect(circuitName('cluster', 'orders', 1)).toBe('cluster');
  expect(circuitName('topic', 'orders', 1)).toBe('orders');
  expect(circuitName('partition', 'orders', 1)).toBe('orders/1');
  expect(circuitName('partition', 'orders', undefined)).toBe('orders');
});
