import { describe, expect, it } from 'vitest';
import { circuitBreaker } from './circuit-breaker.js';
import { resolveOptions } from './options.js';

const refusalOf = (options: unknown): string => {
  try {
    Reflect.apply(circuitBreaker, undefined, [options]);
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
};

describe('options', () => {
  it('have defaults', () => {
    expect(resolveOptions({})).toEqual({
      scope: 'topic',
      consecutiveFailures: 5,
      failureRateThreshold: 0.5,
      slidingWindowMs: 10_000,
      minimumThroughput: 20,
      openDurationMs: 1_000,
      openDurationMultiplier: 2,
      maxOpenDurationMs: 5_000,
      jitter: 0.2,
      halfOpenProbes: 1,
      probeTimeoutMs: 10_000,
      classify: undefined,
    });
    expect(resolveOptions({ openDurationMs: 60_000 }).maxOpenDurationMs).toBe(60_000);
    expect(resolveOptions({ consecutiveFailures: false, failureRateThreshold: false })).toMatchObject({
      consecutiveFailures: Infinity,
      failureRateThreshold: Infinity,
    });
  });

  it('are refused all at once', () => {
    expect(
      refusalOf({
        scope: 'broker',
        consecutiveFailures: 0,
        failureRateThreshold: 50,
        jitter: 'full',
        halfOpenProbes: 1.5,
        timeout: 3,
        classify: 'failure',
        openDurationMs: 5_000,
        maxOpenDurationMs: 1_000,
      }),
    ).toMatch(
      /'scope' must.*'consecutiveFailures' must.*or false.*'failureRateThreshold' must.*'jitter' must.*'halfOpenProbes' must.*unknown option 'timeout'.*'classify' must.*'openDurationMs' \(5000\) must not exceed 'maxOpenDurationMs' \(1000\)/,
    );
  });

  it.each([[null], [5], ['text'], [[]]])('must be an object: %j', (none) => {
    expect(refusalOf(none)).toMatch(/circuitBreaker: the options must be an object/);
  });

  it.each([
    { failureRateThreshold: 0 },
    { failureRateThreshold: NaN },
    { failureRateThreshold: true },
    { openDurationMs: 0 },
    { openDurationMultiplier: 0.5 },
    { jitter: 1.1 },
    { minimumThroughput: 0 },
    { minimumThroughput: Infinity },
    { slidingWindowMs: Infinity },
    { probeTimeoutMs: 0 },
  ])('%j is refused', (wrong) => {
    expect(refusalOf(wrong)).not.toBe('');
  });
});
