import {
  aFunction,
  anObject,
  checkOptions,
  nestedProblems,
  numberBetween,
  wholeNumberBetween,
  type Partitioner,
} from '@holdfast/core';

/** How often, and how long, a cluster that cannot be reached is asked again. */
export interface ReconnectOptions {
  /** Rounds in a row before the adapter gives up for good. Default `Infinity`. */
  readonly tries?: number;
  /** Before the second round; each further wait is twice as long, ±20 %. Default 250 ms. */
  readonly intervalMs?: number;
  /** The longest wait between two rounds. Default 500 ms, or `intervalMs`, if longer; the client itself reconnects meanwhile. */
  readonly maxIntervalMs?: number;
}

export interface ConfluentAdapterOptions {
  /** How long a delivery report is waited for before the outcome is `unknown`. Default 30,000 ms, as Java's. */
  readonly requestTimeoutMs?: number;
  /** Chooses the partition of a record that names none. Default: as Java's client does. */
  readonly partitioner?: Partitioner;
  /** Age at which what is known of a topic is asked for again. Default 300,000 ms. */
  readonly metadataMaxAgeMs?: number;
  readonly reconnect?: ReconnectOptions;
}

export interface Settings {
  readonly requestTimeoutMs: number;
  readonly partitioner: Partitioner | undefined;
  readonly metadataMaxAgeMs: number;
  readonly reconnect: Required<ReconnectOptions>;
}

/** Fills in the defaults; refuses what is wrong with `INVALID_OPTIONS`, all at once, `more` problems included. */
export function resolveOptions(options: ConfluentAdapterOptions, more: readonly string[] = []): Settings {
  checkOptions(
    'confluentAdapter',
    options,
    {
      requestTimeoutMs: wholeNumberBetween(100, 2 ** 31 - 1, 'ms'),
      partitioner: aFunction,
      metadataMaxAgeMs: numberBetween(1, Infinity, 'ms'),
      reconnect: anObject,
    },
    [...more, ...reconnectProblems(options.reconnect)],
  );
  const { reconnect = {} } = options;
  const intervalMs = reconnect.intervalMs ?? 250;
  return {
    requestTimeoutMs: options.requestTimeoutMs ?? 30_000,
    partitioner: options.partitioner,
    metadataMaxAgeMs: options.metadataMaxAgeMs ?? 300_000,
    reconnect: {
      tries: reconnect.tries ?? Infinity,
      intervalMs,
      maxIntervalMs: reconnect.maxIntervalMs ?? Math.max(500, intervalMs),
    },
  };
}

function reconnectProblems(reconnect: ReconnectOptions | undefined): readonly string[] {
  const { intervalMs = 0, maxIntervalMs = Infinity } = reconnect ?? {};
  return nestedProblems(
    'reconnect',
    reconnect,
    {
      tries: wholeNumberBetween(1, Infinity),
      intervalMs: numberBetween(1, 3_600_000, 'ms'),
      maxIntervalMs: numberBetween(1, 3_600_000, 'ms'),
    },
    [intervalMs > maxIntervalMs ? "'maxIntervalMs' must not be smaller than 'intervalMs'" : undefined],
  );
}
