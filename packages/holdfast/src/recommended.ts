import { buffer, type BufferOptions } from '@holdfast/buffer';
import { circuitBreaker, type CircuitBreakerOptions } from '@holdfast/circuit-breaker';
import type { Middleware } from '@holdfast/core';
import { anObject, readOptions } from '@holdfast/core/stage';
import { deadLetterQueue, type DeadLetterQueueOptions } from '@holdfast/dead-letter-queue';
import { journal, type JournalOptions } from '@holdfast/journal';
import { metrics, type MetricsOptions } from '@holdfast/metrics';
import { retry, type RetryOptions } from '@holdfast/retry';
import { resolve } from 'node:path';
import { Parts, isMiddleware, type Choice } from './parts.js';

export interface RecommendedOptions {
  /** What OpenTelemetry is told. Default: `metrics()`, which costs nothing while no SDK is registered. */
  readonly metrics?: Choice<MetricsOptions>;
  /**
   * A write-ahead log on local disk. Needs a directory, so none unless given. Default of its `acceptAfterMs`: 10,000 ms, with a
   * dead-letter queue below.
   */
  readonly journal?: Choice<JournalOptions>;
  /**
   * Where records go that cannot be delivered. Default, with the options of a journal: files in the journal's directory with
   * `.dead-letters` behind its name; without, or with a middleware in its place: none.
   */
  readonly deadLetterQueue?: Choice<DeadLetterQueueOptions>;
  /** Default: `buffer()`. */
  readonly buffer?: Choice<BufferOptions>;
  /** Default: `retry()`. */
  readonly retry?: Choice<RetryOptions>;
  /** Default: `circuitBreaker()`. */
  readonly circuitBreaker?: Choice<CircuitBreakerOptions>;
}

/**
 * The middleware of Holdfast in the right order, for `use` of `createProducer`: metrics, journal, dead-letter queue, buffer, retry,
 * circuit breaker. Refuses wrong options with `INVALID_OPTIONS`.
 */
export function recommended(options: RecommendedOptions = {}): Middleware[] {
  return readOptions('recommended', () => partsOf(options));
}

function partsOf(options: RecommendedOptions): Middleware[] {
  const parts = new Parts(options);
  // What is no object was refused there; until that is said there is nothing to read from it.
  const given: RecommendedOptions = anObject(options) === undefined ? options : {};
  parts.add(given.metrics ?? {}, metrics);
  const deadLetters = given.deadLetterQueue ?? deadLettersBeside(given.journal);
  parts.add(deadLetters === false ? (given.journal ?? false) : acceptingInTime(given.journal), journal);
  parts.add(deadLetters, deadLetterQueue);
  parts.add(given.buffer ?? {}, buffer);
  parts.add(given.retry ?? {}, retry);
  parts.add(given.circuitBreaker ?? {}, circuitBreaker);
  return parts.made();
}

/** A request that waits for a record outlives a short outage; in a long one the journal answers before the request's own timeout. */
const acceptAfterMs = 10_000;

function acceptingInTime(choice: RecommendedOptions['journal'] = false): Choice<JournalOptions> {
  if (choice === false || isMiddleware(choice) || anObject(choice) !== undefined) return choice;
  if (choice.acknowledge === 'journaled' || choice.acceptAfterMs !== undefined) return choice;
  return { ...choice, acceptAfterMs };
}

/** Not in the journal's own directory: that one belongs to the journal alone. */
function deadLettersBeside(choice: RecommendedOptions['journal']): Choice<DeadLetterQueueOptions> {
  if (choice === undefined || choice === false || isMiddleware(choice)) return false;
  // What is no choice, or no directory, is refused elsewhere.
  if (anObject(choice) !== undefined) return false;
  if (typeof choice.directory !== 'string' || choice.directory === '') return false;
  return { file: { directory: `${resolve(choice.directory)}.dead-letters` } };
}
