import type { Failed, Unknown } from '@holdfast/core';
import {
  aBoolean,
  aFunction,
  anObject,
  asNumber,
  checkOptions,
  nestedProblems,
  numberBetween,
  oneOf,
  wholeNumberBetween,
} from '@holdfast/core/stage';

/** A retry budget limits the load that retries add to a cluster that is already in trouble. */
export interface RetryBudgetOptions {
  /**
   * Retries allowed per first attempt, in batches; the retry of a part of a batch counts as its
   * share. Default 0.2.
   */
  readonly ratio?: number;
  /** Batches per second that may be retried whatever the ratio. Default 100. */
  readonly minPerSecond?: number;
}

export interface RetryOptions {
  /**
   * The most attempts, including the first. Default `Infinity`: only the delivery deadline ends
   * them.
   */
  readonly maxAttempts?: number;
  /** The first delay, before jitter. Default 100 ms, like Kafka's `retry.backoff.ms`. */
  readonly initialDelayMs?: number;
  /**
   * The longest delay, unless an error's `retryAfter` requests more. Default 1,000 ms, like Kafka's
   * `retry.backoff.max.ms`; or `initialDelayMs` if that is longer.
   */
  readonly maxDelayMs?: number;
  /** The factor from each delay to the next. Default 2. Decorrelated jitter does not use it. */
  readonly multiplier?: number;
  /** Default `'full'`. */
  readonly jitter?: 'full' | 'decorrelated' | 'none';
  /** Whether to retry a record that may have been written, which can duplicate it. Default true. */
  readonly retryUnknown?: boolean;
  /**
   * Overrides whether an outcome is retried; `undefined` leaves that to `error.retriable` and
   * `retryUnknown`.
   */
  readonly classify?: (outcome: Failed | Unknown) => 'retry' | 'fail' | undefined;
  /**
   * A retry that finds the budget empty waits; no record is given up because of it. `false`: no
   * budget.
   */
  readonly budget?: RetryBudgetOptions | false;
}

export type ResolvedRetryOptions = Required<Omit<RetryOptions, 'classify' | 'budget'>> & {
  readonly classify: RetryOptions['classify'];
  readonly budget: Required<RetryBudgetOptions> | false;
};

const longestMs = 24 * 60 * 60 * 1000;

/**
 * Checks the options and applies the defaults. Throws `INVALID_OPTIONS` with all problems at once.
 */
export function resolveOptions(options: RetryOptions): ResolvedRetryOptions {
  // A value that is not an object is refused below; there is nothing to read from it before.
  const given: RetryOptions = anObject(options) === undefined ? options : {};
  const { initialDelayMs = 100, maxDelayMs = Math.max(1_000, initialDelayMs) } = given;
  checkOptions(
    'retry',
    options,
    {
      maxAttempts: wholeNumberBetween(1, Infinity),
      initialDelayMs: numberBetween(0, longestMs, 'ms'),
      maxDelayMs: numberBetween(0, longestMs, 'ms'),
      multiplier: numberBetween(1, 100),
      jitter: oneOf('full', 'decorrelated', 'none'),
      retryUnknown: aBoolean,
      classify: aFunction,
      budget: (value) =>
        value === false || anObject(value) === undefined
          ? undefined
          : 'must be an object, or false for no budget',
    },
    [
      asNumber(initialDelayMs) > asNumber(maxDelayMs)
        ? `'initialDelayMs' (${initialDelayMs}) must not exceed 'maxDelayMs' (${maxDelayMs})`
        : undefined,
      ...budgetProblems(given.budget),
    ],
  );
  return {
    maxAttempts: options.maxAttempts ?? Infinity,
    initialDelayMs,
    maxDelayMs,
    multiplier: options.multiplier ?? 2,
    jitter: options.jitter ?? 'full',
    retryUnknown: options.retryUnknown ?? true,
    classify: options.classify,
    budget: options.budget === false ? false : resolveBudget(options.budget ?? {}),
  };
}

function budgetProblems(budget: RetryOptions['budget']): readonly string[] {
  if (budget === false) return [];
  return nestedProblems('budget', budget, {
    ratio: numberBetween(0, 1_000),
    minPerSecond: numberBetween(0.001, 1_000_000),
  });
}

const resolveBudget = ({
  ratio = 0.2,
  minPerSecond = 100,
}: RetryBudgetOptions): Required<RetryBudgetOptions> => ({
  ratio,
  minPerSecond,
});
