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

/** A retry budget: retries may add only so much load to a cluster that is already in trouble. */
export interface RetryBudgetOptions {
  /** Retries allowed for each first attempt, in batches; the retry of a part of one counts as its share. Default 0.2. */
  readonly ratio?: number;
  /** Batches a second that may be retried whatever the ratio says. Default 100. */
  readonly minPerSecond?: number;
}

export interface RetryOptions {
  /** Attempts in all, the first one included. Default `Infinity`: the delivery deadline alone ends it. */
  readonly maxAttempts?: number;
  /** The first delay, before jitter. Default 100 ms, as Kafka's `retry.backoff.ms`. */
  readonly initialDelayMs?: number;
  /**
   * No delay is longer, but for a `retryAfter` that asks for it. Default 1,000 ms, as Kafka's `retry.backoff.max.ms`; or
   * `initialDelayMs`, if that is longer.
   */
  readonly maxDelayMs?: number;
  /** What each delay is multiplied by. Default 2. Not used by decorrelated jitter. */
  readonly multiplier?: number;
  /** Default `'full'`. */
  readonly jitter?: 'full' | 'decorrelated' | 'none';
  /** Try a record again that may have been written, which can duplicate it. Default true. */
  readonly retryUnknown?: boolean;
  /** Overrides, per outcome, whether it is tried again; `undefined` leaves it to `error.retriable` and `retryUnknown`. */
  readonly classify?: (outcome: Failed | Unknown) => 'retry' | 'fail' | undefined;
  /** A retry that finds the budget empty waits for it; nothing is given up for that. `false`: no budget. */
  readonly budget?: RetryBudgetOptions | false;
}

export type ResolvedRetryOptions = Required<Omit<RetryOptions, 'classify' | 'budget'>> & {
  readonly classify: RetryOptions['classify'];
  readonly budget: Required<RetryBudgetOptions> | false;
};

const longestMs = 24 * 60 * 60 * 1000;

/** Refuses wrong options with `INVALID_OPTIONS`, all at once. */
export function resolveOptions(options: RetryOptions): ResolvedRetryOptions {
  // What is no object is refused below; until then there is nothing to read from it.
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
        value === false || anObject(value) === undefined ? undefined : 'must be an object, or false for none',
    },
    [
      asNumber(initialDelayMs) > asNumber(maxDelayMs)
        ? `'initialDelayMs' (${initialDelayMs}) is above 'maxDelayMs' (${maxDelayMs})`
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
