import { asNumber, nestedProblems, numberBetween, wholeNumberBetween } from '../kit/check-options.js';

/**
 * How often and how long an adapter tries to reach a cluster. The adapter defines the default
 * pauses.
 */
export interface ReconnectOptions {
  /** Failed rounds in a row after which the adapter gives up for good. Default `Infinity`. */
  readonly tries?: number;
  /** The pause before the second round, ms. It doubles each time, ±20 %. */
  readonly intervalMs?: number;
  /** The longest pause between two rounds, ms; at least `intervalMs`. */
  readonly maxIntervalMs?: number;
}

const longestWaitMs = 3_600_000;

/** Returns the problems of an adapter's option `reconnect`, for `more` of `checkOptions`. */
export function reconnectProblems(reconnect: ReconnectOptions | undefined): readonly string[] {
  const { intervalMs = 0, maxIntervalMs = Infinity } = reconnect ?? {};
  return nestedProblems(
    'reconnect',
    reconnect,
    {
      tries: wholeNumberBetween(1, Infinity),
      intervalMs: numberBetween(1, longestWaitMs, 'ms'),
      maxIntervalMs: numberBetween(1, longestWaitMs, 'ms'),
    },
    [
      asNumber(intervalMs) > asNumber(maxIntervalMs)
        ? "'maxIntervalMs' must not be smaller than 'intervalMs'"
        : undefined,
    ],
  );
}

/** Fills in the defaults. */
export function resolveReconnect(
  reconnect: ReconnectOptions = {},
  waits: { readonly intervalMs: number; readonly maxIntervalMs: number },
): Required<ReconnectOptions> {
  const { tries = Infinity, intervalMs = waits.intervalMs } = reconnect;
  return {
    tries,
    intervalMs,
    maxIntervalMs: reconnect.maxIntervalMs ?? Math.max(waits.maxIntervalMs, intervalMs),
  };
}
