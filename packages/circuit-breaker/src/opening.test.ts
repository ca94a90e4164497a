import { describe, expect, it } from 'vitest';
import { delivered, fails, harness, mayBeWritten, records, settleAs } from './harness.fixture.js';

describe('a closed circuit opens', () => {
  it('after consecutiveFailures in a row, and not before', () => {
    const { breaker, result } = harness({ consecutiveFailures: 3 });
    for (const outcome of [fails(), fails(), delivered, fails(), mayBeWritten()]) result(outcome);
    expect(breaker.state()).toBe('closed');
    result(fails());
    expect(breaker.state()).toBe('open');
  });

  it('at the failure rate, once there are enough results', () => {
    const { breaker, result } = harness({
      consecutiveFailures: false,
      failureRateThreshold: 0.5,
      minimumThroughput: 10,
    });
    for (let i = 0; i < 9; i++) result(i % 2 === 0 ? fails() : delivered);
    expect(breaker.state()).toBe('closed');
    result(fails());
    expect(breaker.state()).toBe('open');
  });

  it('not below the rate, nor for failures that have left the window', async () => {
    const { breaker, env, result } = harness({
      consecutiveFailures: Infinity,
      failureRateThreshold: 0.5,
      minimumThroughput: 4,
      slidingWindowMs: 1_000,
    });
    for (const outcome of [fails(), delivered, delivered, delivered, fails()]) result(outcome);
    expect(breaker.state()).toBe('closed');
    await env.clock.advance(1_000);
    for (const outcome of [fails(), fails(), fails()]) result(outcome);
    expect(breaker.state()).toBe('closed');
    result(fails());
    expect(breaker.state()).toBe('open');
  });

  it('never when both thresholds are off', () => {
    const { breaker, result } = harness({ consecutiveFailures: false, failureRateThreshold: false });
    for (let i = 0; i < 1_000; i++) result(fails());
    expect(breaker.state()).toBe('closed');
  });

  it('for results, not for records: a settlement is one result', () => {
    const { breaker, send, answer, below } = harness({ consecutiveFailures: 2 });
    send(...records(1_000));
    answer(fails());
    expect(breaker.state()).toBe('closed');
    const [first, ...rest] = send(...records(3));
    const { settle } = below[1] ?? {};
    if (first === undefined || settle === undefined) throw new Error('three were sent');
    settleAs(settle, [first], delivered);
    settleAs(settle, rest, fails());
    expect(breaker.state()).toBe('closed');
    send({});
    answer(fails());
    expect(breaker.state()).toBe('open');
  });

  it('not for a result with anything delivered: it is not the whole that fails', () => {
    const { breaker, send, below, result } = harness({ consecutiveFailures: 2 });
    result(fails());
    const batch = send({}, {}, {});
    for (const [index, one] of batch.entries()) one.outcome = index === 1 ? delivered : fails();
    below[1]?.settle(batch);
    result(fails());
    expect(breaker.state()).toBe('closed');
    result(fails());
    expect(breaker.state()).toBe('open');
  });

  it('not for a fault of the record itself, however often', () => {
    const { breaker, result } = harness({ consecutiveFailures: 2 });
    for (let i = 0; i < 50; i++) result(fails('RECORD_TOO_LARGE', { retriable: false }));
    expect(breaker.state()).toBe('closed');
    for (const outcome of [fails(), fails('RECORD_TOO_LARGE'), fails()]) result(outcome);
    expect(breaker.state()).toBe('open'); // an ignored result does not end a row either
  });
});

describe('the open duration', () => {
  it('grows with each failed probe up to its limit, and starts over after a success', async () => {
    const { env, result } = harness({ consecutiveFailures: 1, openDurationMs: 100, maxOpenDurationMs: 700 });
    const times: number[] = [];
    env.events.on('circuit.opened', ({ openMs }) => times.push(openMs));
    const next = async (outcome = fails()): Promise<void> => {
      result(outcome);
      await env.clock.advance(times.at(-1) ?? 0);
    };
    for (let i = 0; i < 5; i++) await next();
    await next(delivered);
    await next();
    expect(times).toEqual([100, 200, 400, 700, 700, 100]);
  });

  it('is spread by jitter to both sides, and never exceeds its limit', () => {
    const times: number[] = [];
    for (let seed = 0; seed < 200; seed++) {
      const { breaker, env } = harness({ jitter: 0.2, openDurationMs: 1_000, maxOpenDurationMs: 1_100 });
      for (let i = 0; i < seed; i++) env.random();
      env.events.on('circuit.opened', ({ openMs }) => times.push(openMs));
      breaker.open({ topic: 'orders' });
    }
    expect(Math.min(...times)).toBeLessThan(830);
    expect(Math.min(...times)).toBeGreaterThanOrEqual(800);
    expect(Math.max(...times)).toBe(1_100);
    expect(times.every((ms) => Number.isInteger(ms))).toBe(true);
  });
});

describe('results of batches sent before the last change', () => {
  it('neither close an open circuit nor count in a later state', async () => {
    const { breaker, env, send, answer, result, below } = harness({
      consecutiveFailures: 2,
      openDurationMs: 100,
    });
    send({});
    send({});
    send({});
    send({});
    result(fails());
    result(fails());
    expect(breaker.state()).toBe('open');
    answer(delivered, 0);
    expect(breaker.state()).toBe('open');
    await env.clock.advance(100);
    send({ value: 'probe' });
    expect(below).toHaveLength(7);
    answer(delivered, 1);
    answer(fails(), 2);
    expect(breaker.state()).toBe('half-open'); // the probe decides
    answer(delivered, 6);
    expect(breaker.state()).toBe('closed');
    answer(fails(), 3);
    result(fails());
    expect(breaker.state()).toBe('closed');
  });
});
