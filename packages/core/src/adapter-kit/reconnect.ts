import { asNumber, nestedProblems, numberBetween, wholeNumberBetween } from '../kit/check-options.js';

/** How often, and how long, an adapter tries a cluster that cannot be reached. The defaults of the waits are the adapter's. */
export interface ReconnectOptions {
  /** Rounds of tries in a row before the adapter gives up for good. Default `Infinity`. */
  readonly tries?: number;
  /** Before the second round; each further wait is twice as long, ±20 %. Milliseconds. */
  readonly intervalMs?: number;
  /** The longest wait between two rounds, milliseconds; at least `intervalMs`. */
  readonly maxIntervalMs?: number;
}

const longestWaitMs = 3_600_000;

/** What is wrong with an adapter's option `reconnect`; for `more` of `checkOptions`. */
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

/** Fills in what was not given. */
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
