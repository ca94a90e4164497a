import { buffer } from '@holdfast/buffer';
import { circuitBreaker } from '@holdfast/circuit-breaker';
import { createProducer, ProducerError, type Producer } from '@holdfast/core';
import { deadLetterQueue } from '@holdfast/dead-letter-queue';
import { journal } from '@holdfast/journal';
import { retry } from '@holdfast/retry';
import { fakeClock, hostileValues, scriptedAdapter, simulatedDisk } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { recommended } from '../index.js';

type Make = (options: unknown) => unknown;

const directory = 'outbox';
const key = Buffer.alloc(32);
const called =
  (make: (...args: never[]) => unknown): Make =>
  (options): unknown =>
    Reflect.apply(make, undefined, [options]);
const started: Make = async (options) => {
  const producer: Producer = await (Reflect.apply(createProducer, undefined, [options]) as Promise<Producer>);
  await producer.close({ timeoutMs: 0 });
};

/**
 * Each function with valid options, and the paths at which other values are tried: `a.b` is `b` of
 * the option `a`.
 */
const makers: readonly (readonly [name: string, make: Make, good: () => object, paths: readonly string[]])[] =
  [
    [
      'createProducer',
      started,
      () => ({ adapter: scriptedAdapter({ clock: fakeClock() }), env: { disk: simulatedDisk() } }),
      [
        ...['adapter', 'use', 'use.0', 'serializers', 'serializers.key', 'serializers.value', 'maxBlockMs'],
        ...['deliveryTimeoutMs', 'closeTimeoutMs', 'handleSignals', 'requireBroker', 'failedLimit', 'guard'],
        ...['onUndeliverable', 'on', 'on.failed', 'env', 'env.clock', 'env.random', 'env.logger', 'env.disk'],
      ],
    ],
    [
      'recommended',
      called(recommended),
      () => ({}),
      [
        ...['journal', 'journal.directory', 'deadLetterQueue', 'deadLetterQueue.topic', 'buffer'],
        ...['buffer.maxBytes', 'retry', 'retry.budget', 'circuitBreaker', 'circuitBreaker.jitter'],
      ],
    ],
    [
      'buffer',
      called(buffer),
      () => ({}),
      [
        ...[
          'maxBatchRecords',
          'maxBatchBytes',
          'lingerMs',
          'maxInFlight',
          'maxInFlightRecords',
          'maxRecords',
        ],
        ...['maxBytes', 'overflow'],
      ],
    ],
    [
      'retry',
      called(retry),
      () => ({}),
      [
        ...[
          'maxAttempts',
          'initialDelayMs',
          'maxDelayMs',
          'multiplier',
          'jitter',
          'retryUnknown',
          'classify',
        ],
        ...['budget', 'budget.ratio', 'budget.minPerSecond'],
      ],
    ],
    [
      'circuitBreaker',
      called(circuitBreaker),
      () => ({}),
      [
        ...['scope', 'consecutiveFailures', 'failureRateThreshold', 'slidingWindowMs', 'minimumThroughput'],
        ...['openDurationMs', 'openDurationMultiplier', 'maxOpenDurationMs', 'jitter', 'halfOpenProbes'],
        ...['probeTimeoutMs', 'classify'],
      ],
    ],
    [
      'deadLetterQueue',
      called(deadLetterQueue),
      () => ({ topic: 'orders.dlq' }),
      [
        ...[
          'topic',
          'topic.suffix',
          'file',
          'file.directory',
          'file.maxFileBytes',
          'file.maxBytes',
          'callback',
        ],
        ...['order', 'order.0', 'filter', 'stack', 'keyHash', 'maxHeaderBytes', 'topicTimeoutMs'],
        ...['callbackTimeoutMs', 'maxHeldBytes'],
      ],
    ],
    [
      'journal',
      called(journal),
      () => ({ directory, encryption: { id: '1', key } }),
      [
        ...['directory', 'acknowledge', 'fsync', 'fsyncIntervalMs', 'maxBytes', 'segmentBytes', 'whenFull'],
        ...['corruption', 'encryption', 'encryption.id', 'encryption.key', 'encryption.previousKeys'],
        ...['encryption.previousKeys.0', 'maxInFlightRecords', 'maxInFlightBytes', 'giveUpAfterMs'],
      ],
    ],
  ];

/** Returns `given` with `value` at `path`. A whole number in the path creates an array. */
function put(given: unknown, [name = '', ...path]: readonly string[], value: unknown): object {
  const before: unknown = given instanceof Object ? Reflect.get(given, name) : undefined;
  const inner = path.length === 0 ? value : put(before, path, value);
  return name === '0' ? [inner] : { ...(given as object), [name]: inner };
}

/**
 * Returns the error; `undefined` when the options were accepted. Rethrows errors of any other kind.
 */
async function refusal(make: Make, options: unknown): Promise<ProducerError | undefined> {
  try {
    await make(options);
    return undefined;
  } catch (error) {
    if (!ProducerError.is(error)) throw error;
    return error;
  }
}
const codes = /^INVALID_(OPTIONS|CHAIN)$/;

describe.each(makers)('%s', (_, make, good, paths) => {
  it.each(hostileValues())('refuses %s in the place of its options', async (_name, value) => {
    const error = await refusal(make, value);
    if (error !== undefined) expect(error.code).toMatch(codes);
  });

  it.each(paths)('accepts or refuses any value of %s', async (path) => {
    for (const [name, value] of hostileValues()) {
      const error = await refusal(make, put(good(), path.split('.'), value));
      if (error === undefined) continue;
      expect(error.code, name).toMatch(codes);
      expect(error.message.length, name).toBeLessThan(2_000);
    }
  });

  it('reports all problems at once, including values that cannot be read', async () => {
    const options = paths
      .filter((path) => !path.includes('.'))
      .reduce((given, path) => put(given, [path], Symbol('wrong')), good());
    const trap = Object.defineProperty({ ...options }, 'unknown', { enumerable: true, value: 1 });
    const problems = (await refusal(make, trap))?.problems ?? [];
    for (const path of paths.filter((one) => !one.includes('.'))) {
      expect(
        problems.some((problem) => new RegExp(`\\b${path}\\b`).test(problem)),
        path,
      ).toBe(true);
    }
    expect(problems.some((problem) => problem.includes("unknown option 'unknown'"))).toBe(true);
  });

  it('shows 100 characters of a name', async () => {
    const { message = '' } = (await refusal(make, { ...good(), ['n'.repeat(5_000)]: 1 })) ?? {};
    expect(message).toContain(`'${'n'.repeat(100)}…'`);
  });
});
