import type { Client } from './names.js';

/** How long each part of an act takes, in milliseconds. */
export interface Timing {
  /** Steady sending before anything happens. */
  readonly beforeMs: number;
  /** How long the killed leader stays dead. */
  readonly leaderDownMs: number;
  /** How long the whole cluster stays dead, before it is started again. */
  readonly clusterDownMs: number;
  /** How long the broker stands still: longer than the client waits for an answer. */
  readonly pauseMs: number;
  /** The request timeout that both chains are given for the pause; undefined: the client's own default. */
  readonly requestTimeoutMs: number | undefined;
  /** Steady sending after everything is well again. */
  readonly afterMs: number;
}

/**
 * How long the client waits for a broker's answer unless told otherwise: kafkajs's `requestTimeout`
 * (https://kafka.js.org/docs/configuration#request-timeout) and librdkafka's `socket.timeout.ms`
 * (https://github.com/confluentinc/librdkafka/blob/master/CONFIGURATION.md). The KafkaJS-shaped API of the confluent
 * client takes 30 s as kafkajs does; the longer of the two counts, since both chains see the same pause.
 */
const defaultRequestTimeoutMs: { readonly [client in Client]: number } = {
  kafkajs: 30_000,
  confluent: 60_000,
};

export function timingOf(client: Client, full: boolean): Timing {
  if (!full) return shortForm;
  return {
    beforeMs: 3_000,
    leaderDownMs: 10_000,
    clusterDownMs: 20_000,
    pauseMs: defaultRequestTimeoutMs[client] + 5_000,
    requestTimeoutMs: undefined,
    afterMs: 5_000,
  };
}

const shortForm: Timing = {
  beforeMs: 2_000,
  leaderDownMs: 5_000,
  clusterDownMs: 8_000,
  pauseMs: 8_000,
  requestTimeoutMs: 5_000,
  afterMs: 2_500,
};

/** The fault comes at most a quarter into the stream, so that a short `--records` is still under way when it comes. */
export function beforeMs(timing: Timing, rate: number, records: number | undefined): number {
  return records === undefined ? timing.beforeMs : Math.min(timing.beforeMs, (records / rate) * 250);
}
