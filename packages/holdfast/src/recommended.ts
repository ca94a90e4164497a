import { buffer, type BufferOptions } from '@holdfast/buffer';
import { circuitBreaker, type CircuitBreakerOptions } from '@holdfast/circuit-breaker';
import type { Middleware } from '@holdfast/core';
import { deadLetterQueue, type DeadLetterQueueOptions } from '@holdfast/dead-letter-queue';
import { journal, type JournalOptions } from '@holdfast/journal';
import { retry, type RetryOptions } from '@holdfast/retry';
import { resolve } from 'node:path';
import { Parts, isMiddleware, type Choice } from './parts.js';

export interface RecommendedOptions {
  /** A write-ahead log on local disk. Needs a directory, so none unless given. */
  readonly journal?: Choice<JournalOptions>;
  /**
   * Where records go that cannot be delivered. Default, with a journal: files in the journal's directory with `.dead-letters` behind
   * its name; without one: none.
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
 * The middleware of Holdfast in the right order, for `use` of `createProducer`: journal, dead-letter queue, buffer, retry, circuit
 * breaker. Refuses wrong options with `INVALID_OPTIONS`.
 */
export function recommended(options: RecommendedOptions = {}): Middleware[] {
  const parts = new Parts(options);
  parts.add(options.journal ?? false, journal);
  parts.add(options.deadLetterQueue ?? deadLettersBeside(options.journal), deadLetterQueue);
  parts.add(options.buffer ?? {}, buffer);
  parts.add(options.retry ?? {}, retry);
  parts.add(options.circuitBreaker ?? {}, circuitBreaker);
  return parts.made();
}

/** Not in the journal's own directory: that one belongs to the journal alone. */
function deadLettersBeside(choice: RecommendedOptions['journal']): Choice<DeadLetterQueueOptions> {
  if (choice === undefined || choice === false || isMiddleware(choice)) return false;
  // What is no directory is for the journal to refuse.
  if (typeof choice.directory !== 'string' || choice.directory === '') return false;
  return { file: { directory: `${resolve(choice.directory)}.dead-letters` } };
}
