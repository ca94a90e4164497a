import { codecNames } from './wire/codec.js';
import type { Codec } from './wire/codec.js';
import type { Partitioner } from '@holdfast/core';
import { reconnectProblems, resolveReconnect, type ReconnectOptions } from '@holdfast/core/adapter';
import {
  aBoolean,
  aFunction,
  anObject,
  checkOptions,
  numberBetween,
  oneOf,
  wholeNumberBetween,
  type OptionCheck,
} from '@holdfast/core/stage';
import { codecOf } from './client/codecs.js';

/**
 * kafkajs includes gzip, Node.js zstd from 22.15 on. The others have to be registered with kafkajs.
 */
export type Compression = (typeof codecNames)[number];

export interface KafkajsAdapterOptions {
  /**
   * Who has to have a record before it counts as delivered. -1: all in-sync replicas; 1: the
   * leader; 0: nobody. Default -1.
   */
  readonly acks?: -1 | 0 | 1;
  /** Default `'none'`. */
  readonly compression?: Compression;
  /**
   * How long to wait for a response, and how long the leader may wait for its replicas. Default:
   * the `requestTimeout` of the configuration, else 30,000 ms.
   */
  readonly requestTimeoutMs?: number;
  /**
   * Brokers drop records that they have already; the README describes what that changes. Default:
   * true with acks -1, as in Java since 3.0. Where the cluster refuses a producer id, the default
   * falls back to sending without one, with a warning.
   */
  readonly idempotent?: boolean;
  /**
   * A topic that does not exist is created when a record is sent to it, if the cluster allows that.
   * Default false.
   */
  readonly allowAutoTopicCreation?: boolean;
  /**
   * Chooses the partition of a record that names none, or returns `undefined` for the default: as
   * Java's client does.
   */
  readonly partitioner?: Partitioner;
  /** Requests in flight to one broker. More wait until one is answered. Default 5, as Java's. */
  readonly maxInFlight?: number;
  /** Records in one request. Default 1,000. */
  readonly maxRequestRecords?: number;
  /**
   * Bytes in one request, framing included. A larger record goes alone. At most 100,000,000.
   * Default 1 MiB, as Java's `max.request.size`.
   */
  readonly maxRequestBytes?: number;
  /** Age at which metadata about topics and brokers is refreshed. Default 300,000 ms. */
  readonly metadataMaxAgeMs?: number;
  /**
   * Tries when no broker can be reached. Default: for ever, every 1,000 ms, as Java's
   * `reconnect.backoff.max.ms`.
   */
  readonly reconnect?: ReconnectOptions;
}

export interface Settings {
  readonly acks: -1 | 0 | 1;
  readonly codec: Codec | undefined;
  readonly requestTimeoutMs: number;
  readonly idempotent: boolean;
  /** Idempotence is only a default: where the cluster refuses it, records go without. */
  readonly mayGoWithout: boolean;
  readonly allowAutoTopicCreation: boolean;
  readonly partitioner: Partitioner | undefined;
  readonly maxInFlight: number;
  readonly maxRequestRecords: number;
  readonly maxRequestBytes: number;
  readonly metadataMaxAgeMs: number;
  readonly reconnect: Required<ReconnectOptions>;
}

/**
 * The largest record before compression, and the largest request after it, bytes. A broker hangs up
 * on more than its `socket.request.max.bytes`, 104,857,600 by default.
 */
export const largestRequestBytes = 100_000_000;

const compressionNames = oneOf(...codecNames);

/** kafkajs's own `CompressionTypes` are the numbers of the codecs. */
const compressionCheck: OptionCheck = (value) => {
  const id = codecNames.findIndex((name) => name === value);
  if (id > 0 && codecOf(id) === undefined) {
    return `'${codecNames[id]}': kafkajs has no such codec; register one with CompressionCodecs[CompressionTypes.…] first, or use 'gzip'`;
  }
  const name = typeof value === 'number' ? codecNames[value] : undefined;
  if (name === undefined) return compressionNames(value);
  return `is a number of kafkajs's CompressionTypes; give its name: '${name}'`;
};

const acksCheck: OptionCheck = (value) =>
  value === -1 || value === 0 || value === 1
    ? undefined
    : 'must be -1 (all replicas), 1 (the leader) or 0 (nobody)';

/**
 * Fills in the defaults. Throws `INVALID_OPTIONS` with all problems at once, those in `more`
 * included.
 */
export function resolveOptions(
  options: KafkajsAdapterOptions,
  clientTimeoutMs?: number,
  more: readonly string[] = [],
): Settings {
  // Anything but an object is refused below; until then there is nothing to read from it.
  const given: KafkajsAdapterOptions = anObject(options) === undefined ? options : {};
  checkOptions(
    'kafkajsAdapter',
    options,
    {
      acks: acksCheck,
      compression: compressionCheck,
      requestTimeoutMs: numberBetween(1, 2 ** 31 - 1, 'ms'),
      idempotent: aBoolean,
      allowAutoTopicCreation: aBoolean,
      partitioner: aFunction,
      maxInFlight: wholeNumberBetween(1, 1_000),
      maxRequestRecords: wholeNumberBetween(1, 1_000_000),
      maxRequestBytes: wholeNumberBetween(1, largestRequestBytes, 'bytes'),
      metadataMaxAgeMs: numberBetween(1, Infinity, 'ms'),
      reconnect: anObject,
    },
    [...more, idempotenceProblem(given), ...reconnectProblems(given.reconnect)],
  );
  return {
    acks: options.acks ?? -1,
    codec: codecOf(codecNames.indexOf(options.compression ?? 'none')),
    requestTimeoutMs: Math.round(options.requestTimeoutMs ?? clientTimeoutMs ?? 30_000),
    idempotent: options.idempotent ?? (options.acks ?? -1) === -1,
    mayGoWithout: options.idempotent === undefined,
    allowAutoTopicCreation: options.allowAutoTopicCreation ?? false,
    partitioner: options.partitioner,
    maxInFlight: options.maxInFlight ?? 5,
    maxRequestRecords: options.maxRequestRecords ?? 1_000,
    maxRequestBytes: options.maxRequestBytes ?? 1024 * 1024,
    metadataMaxAgeMs: options.metadataMaxAgeMs ?? 300_000,
    reconnect: resolveReconnect(options.reconnect, { intervalMs: 1_000, maxIntervalMs: 1_000 }),
  };
}

function idempotenceProblem({ idempotent, acks }: KafkajsAdapterOptions): string | undefined {
  return idempotent === true && (acks === 0 || acks === 1)
    ? `'idempotent' needs acks -1, not ${acks}: a leader that dies alone takes with it what it would recognise; leave acks out`
    : undefined;
}
