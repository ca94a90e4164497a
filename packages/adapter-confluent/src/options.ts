import type { Partitioner } from '@holdfast/core';
import { reconnectProblems, resolveReconnect, type ReconnectOptions } from '@holdfast/core/adapter';
import {
  aBoolean,
  aFunction,
  anObject,
  checkOptions,
  numberBetween,
  wholeNumberBetween,
} from '@holdfast/core/stage';

export interface ConfluentAdapterOptions {
  /**
   * The broker drops what it has already: librdkafka's `enable.idempotence`. Default: true, unless a property excludes it
   * (`acks` 0 or 1, `max.in.flight` above 5, `retries` 0); a cluster that refuses it is sent to without, and a warning says so.
   * True: records fail with `AUTHORIZATION_FAILED` while the cluster refuses it.
   */
  readonly idempotent?: boolean;
  /** How long a delivery report is waited for before the outcome is `unknown`. Default 30,000 ms, as Java's. */
  readonly requestTimeoutMs?: number;
  /** Chooses the partition of a record that names none, or answers `undefined` for the default: as Java's client does. */
  readonly partitioner?: Partitioner;
  /** Age at which what is known of a topic is asked for again. Default 300,000 ms. */
  readonly metadataMaxAgeMs?: number;
  /** When no broker can be reached. Default: for ever, after 250 ms, then every 500 ms; the client itself reconnects meanwhile. */
  readonly reconnect?: ReconnectOptions;
}

export interface Settings {
  readonly requestTimeoutMs: number;
  readonly partitioner: Partitioner | undefined;
  readonly metadataMaxAgeMs: number;
  readonly reconnect: Required<ReconnectOptions>;
}

/** Fills in the defaults; refuses what is wrong with `INVALID_OPTIONS`, all at once, `more` problems included. */
export function resolveOptions(
  options: ConfluentAdapterOptions,
  more: readonly (string | undefined)[] = [],
): Settings {
  checkOptions(
    'confluentAdapter',
    options,
    {
      idempotent: aBoolean,
      requestTimeoutMs: wholeNumberBetween(100, 2 ** 31 - 1, 'ms'),
      partitioner: aFunction,
      metadataMaxAgeMs: numberBetween(1, Infinity, 'ms'),
      reconnect: anObject,
    },
    [...more, ...reconnectProblems(anObject(options) === undefined ? options.reconnect : undefined)],
  );
  return {
    requestTimeoutMs: options.requestTimeoutMs ?? 30_000,
    partitioner: options.partitioner,
    metadataMaxAgeMs: options.metadataMaxAgeMs ?? 300_000,
    reconnect: resolveReconnect(options.reconnect, { intervalMs: 250, maxIntervalMs: 500 }),
  };
}
