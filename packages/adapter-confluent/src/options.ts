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
   * Brokers drop records that they have already: librdkafka's `enable.idempotence`. Default: true,
   * unless a property excludes it (`acks` 0 or 1, `max.in.flight` above 5, `retries` 0). By
   * default, records go without it to a cluster that refuses it, and a warning is logged; with
   * `true`, they fail with `AUTHORIZATION_FAILED` while the cluster refuses it.
   */
  readonly idempotent?: boolean;
  /**
   * How long to wait for a delivery report before the outcome is `unknown`. Default 30,000 ms, as
   * in Java.
   */
  readonly requestTimeoutMs?: number;
  /**
   * Chooses the partition of a record that names none, or returns `undefined` for the default,
   * which is that of Java's client.
   */
  readonly partitioner?: Partitioner;
  /** Age at which a topic's metadata is fetched again. Default 300,000 ms. */
  readonly metadataMaxAgeMs?: number;
  /**
   * What to do while no broker can be reached. Default: try for ever, after 250 ms, then every 500
   * ms; the client itself reconnects meanwhile.
   */
  readonly reconnect?: ReconnectOptions;
}

export interface Settings {
  readonly requestTimeoutMs: number;
  readonly partitioner: Partitioner | undefined;
  readonly metadataMaxAgeMs: number;
  readonly reconnect: Required<ReconnectOptions>;
}

/** Adds the defaults. Throws `INVALID_OPTIONS` with all problems at once, `more` included. */
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
