import type { Middleware } from '@holdfast/core';
import { checkProperty, recordChain, schedules, seedFrom, type ChainReport } from '@holdfast/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { buffer } from '@holdfast/buffer';
import { circuitBreaker } from '@holdfast/circuit-breaker';
import { deadLetterQueue, type SinkName } from '@holdfast/dead-letter-queue';
import { retry } from '@holdfast/retry';

const seed = seedFrom();

const deadLetterTopic = 'all.dlq';

/** The middleware of the chain, in the order in which they are composed. */
const compositions = fc.record({
  deadLetters: fc.option(fc.subarray<SinkName>(['topic', 'callback'], { minLength: 1 }), { nil: undefined }),
  callbackRefuses: fc.boolean(),
  buffered: fc.boolean(),
  retries: fc.option(fc.record({ maxAttempts: fc.constantFrom(1, 2, 5, Infinity) }), { nil: undefined }),
  breaker: fc.option(
    fc.record({
      scope: fc.constantFrom('cluster' as const, 'topic' as const, 'partition' as const),
      consecutiveFailures: fc.integer({ min: 1, max: 4 }),
      openDurationMs: fc.constantFrom(10, 200, 2_000),
      halfOpenProbes: fc.integer({ min: 1, max: 3 }),
      aboveRetry: fc.boolean(),
    }),
    { nil: undefined },
  ),
});
type Composition = typeof compositions extends fc.Arbitrary<infer T> ? T : never;

/** Values of the records that each sink stored, and of those whose outcome names the sink. */
interface DeadLetters {
  readonly taken: Set<string>;
  readonly said: { readonly value: string; readonly to: string }[];
}

const textOf = (value: Uint8Array | null): string => Buffer.from(value ?? []).toString();

/** Outermost, so it sees the outcomes that the caller sees. */
const listening = ({ said }: DeadLetters): Middleware => ({
  name: 'listening',
  bind: (next) => ({
    send(batch, settle) {
      next(batch, (settled) => {
        for (const { outcome, record } of settled) {
          if (outcome?.status === 'dead-lettered') said.push({ value: textOf(record.value), to: outcome.to });
        }
        settle(settled);
      });
    },
  }),
});

function chainOf(composition: Composition, letters: DeadLetters): Middleware[] {
  const { deadLetters, buffered, retries, breaker } = composition;
  const chain: Middleware[] = [listening(letters)];
  if (deadLetters !== undefined) chain.push(queueOf(deadLetters, composition.callbackRefuses, letters));
  if (buffered) chain.push(buffer());
  const inner: Middleware[] = retries === undefined ? [] : [retry(retries)];
  if (breaker !== undefined) {
    const { aboveRetry, ...options } = breaker;
    inner.splice(aboveRetry ? 0 : inner.length, 0, circuitBreaker(options));
  }
  return [...chain, ...inner];
}

function queueOf(sinks: readonly SinkName[], refuses: boolean, { taken }: DeadLetters): Middleware {
  let calls = 0;
  return deadLetterQueue({
    ...(sinks.includes('topic') && { topic: deadLetterTopic, topicTimeoutMs: 2_000 }),
    ...(sinks.includes('callback') && {
      callback: ({ record }) => {
        if (refuses && ++calls % 3 === 0) throw new Error('no');
        taken.add(textOf(record.value));
      },
    }),
  });
}

/**
 * Checks what the history checker cannot: that each dead letter is in the sink its outcome names.
 */
function check({ adapter, history }: ChainReport, { said, taken }: DeadLetters): void {
  // A callback refuses by throwing.
  expect(history.check().filter(({ message }) => !message.endsWith('Error: no'))).toEqual([]);
  const inTopic = new Set(adapter.log.values(deadLetterTopic));
  const missing = said.filter(({ value, to }) => !(to === 'callback' ? taken : inTopic).has(value));
  expect(missing).toEqual([]);
}

it('any of dead-letter queue, buffer, retry and breaker keep I1 to I6 in any schedule', async () => {
  const property = fc.asyncProperty(compositions, schedules(), async (composition, schedule) => {
    const letters: DeadLetters = { taken: new Set(), said: [] };
    const report = await recordChain({
      use: () => chainOf(composition, letters),
      seed,
      schedule,
      script: { rejected: 0.02 },
      ignoreTopics: [deadLetterTopic],
      ignoreHeaders: true,
    });
    check(report, letters);
  });
  await checkProperty(property, { seed, runs: 60 });
});
