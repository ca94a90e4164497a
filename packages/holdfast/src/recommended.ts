import { resolve } from 'node:path';
import { buffer } from '@holdfast/buffer';
import { circuitBreaker } from '@holdfast/circuit-breaker';
import type { Middleware } from '@holdfast/core';
import { anObject, readOptions } from '@holdfast/core/stage';
import { deadLetterQueue, type DeadLetterQueueOptions } from '@holdfast/dead-letter-queue';
import { journal, type JournalOptions } from '@holdfast/journal';
import { metrics } from '@holdfast/metrics';
import { retry } from '@holdfast/retry';
import { ChainBuilder } from './chain-builder.js';
import { isMiddleware, type MiddlewareChoice, type RecommendedOptions } from './options.js';

/**
 * Returns the middleware of Holdfast in the right order, for the option `use` of `createProducer`:
 * metrics, journal, dead-letter queue, buffer, retry, circuit breaker. Throws `INVALID_OPTIONS`
 * when options are wrong.
 */
export function recommended(options: RecommendedOptions = {}): Middleware[] {
  return readOptions('recommended', () => buildChain(options));
}

function buildChain(options: RecommendedOptions): Middleware[] {
  const chain = new ChainBuilder(options);
  // The builder has reported options that are not an object. There is nothing to read from them.
  const given: RecommendedOptions = anObject(options) === undefined ? options : {};
  chain.add(given.metrics ?? {}, metrics);
  const deadLetters = given.deadLetterQueue ?? deadLettersBeside(given.journal);
  chain.add(deadLetters === false ? (given.journal ?? false) : withAcceptAfter(given.journal), journal);
  chain.add(deadLetters, deadLetterQueue);
  chain.add(given.buffer ?? {}, buffer);
  chain.add(given.retry ?? {}, retry);
  chain.add(given.circuitBreaker ?? {}, circuitBreaker);
  return chain.build();
}

/**
 * A request that waits for its record outlives a short outage. In a long one the journal accepts
 * the record before the request itself times out.
 */
const acceptAfterMs = 10_000;

function withAcceptAfter(choice: RecommendedOptions['journal'] = false): MiddlewareChoice<JournalOptions> {
  if (choice === false || isMiddleware(choice) || anObject(choice) !== undefined) return choice;
  if (choice.acknowledge === 'journaled' || choice.acceptAfterMs !== undefined) return choice;
  return { ...choice, acceptAfterMs };
}

/** Not inside the journal's directory, which belongs to the journal alone. */
function deadLettersBeside(choice: RecommendedOptions['journal']): MiddlewareChoice<DeadLetterQueueOptions> {
  if (choice === undefined || choice === false || isMiddleware(choice)) return false;
  // Wrong choices and missing directories are reported elsewhere.
  if (anObject(choice) !== undefined) return false;
  if (typeof choice.directory !== 'string' || choice.directory === '') return false;
  return { file: { directory: `${resolve(choice.directory)}.dead-letters` } };
}
