import type { BufferOptions } from '@holdfast/buffer';
import type { CircuitBreakerOptions } from '@holdfast/circuit-breaker';
import type { Middleware } from '@holdfast/core';
import { anObject, type OptionCheck } from '@holdfast/core/stage';
import type { DeadLetterQueueOptions } from '@holdfast/dead-letter-queue';
import type { JournalOptions } from '@holdfast/journal';
import type { MetricsOptions } from '@holdfast/metrics';
import type { RetryOptions } from '@holdfast/retry';

/** The options of a middleware, another middleware in its place, or `false` to leave it out. */
export type MiddlewareChoice<Options> = Options | Middleware | false;

/**
 * The options of {@link recommended}: one entry per middleware, each with its options or a
 * replacement.
 */
export interface RecommendedOptions {
  /**
   * OpenTelemetry metrics and traces. Default: `metrics()`, which costs nothing while no SDK is
   * registered.
   */
  readonly metrics?: MiddlewareChoice<MetricsOptions>;
  /**
   * A write-ahead log on the local disk. It needs a directory, so by default there is none. Above a
   * dead-letter queue, `acceptAfterMs` defaults to 10,000 ms.
   */
  readonly journal?: MiddlewareChoice<JournalOptions>;
  /**
   * Where undeliverable records go. Default with journal options: files in the directory of the
   * journal's name followed by `.dead-letters`. Default without a journal, or with a middleware in
   * its place: none.
   */
  readonly deadLetterQueue?: MiddlewareChoice<DeadLetterQueueOptions>;
  /** Default: `buffer()`. */
  readonly buffer?: MiddlewareChoice<BufferOptions>;
  /** Default: `retry()`. */
  readonly retry?: MiddlewareChoice<RetryOptions>;
  /** Default: `circuitBreaker()`. */
  readonly circuitBreaker?: MiddlewareChoice<CircuitBreakerOptions>;
}

/** Whether `choice` is a middleware, and not the options of one. */
export const isMiddleware = (choice: unknown): choice is Middleware =>
  typeof choice === 'object' && choice !== null && 'bind' in choice;

/** Returns what is wrong with a choice; `undefined` when nothing is. */
export const aChoice: OptionCheck = (value) =>
  value === false || anObject(value) === undefined
    ? undefined
    : 'must be its options, a middleware in its place, or false to leave it out';
