/** How long each part of an act takes, in milliseconds. */
export interface Timing {
  /** Steady sending before anything happens. */
  readonly beforeMs: number;
  /** How long the killed leader stays dead. */
  readonly leaderDownMs: number;
  /** How long the whole cluster stays dead before it starts again. */
  readonly clusterDownMs: number;
  /** How long the broker stays paused: longer than the client waits for an answer. */
  readonly pauseMs: number;
  /** The request timeout of both chains during the pause; undefined: the client's own default. */
  readonly requestTimeoutMs: number | undefined;
  /** How long the stream contains records that the broker rejects. */
  readonly refusedMs: number;
  /** Steady sending after all brokers are healthy again. */
  readonly afterMs: number;
}

/**
 * The default time that the plain clients wait for a broker's answer: `requestTimeout` of kafkajs
 * (https://kafka.js.org/docs/configuration#request-timeout), and of the KafkaJS-shaped API of the
 * confluent client. Holdfast's adapters wait no longer.
 */
const defaultRequestTimeoutMs = 30_000;

const fullLength: Timing = {
  beforeMs: 3_000,
  leaderDownMs: 10_000,
  clusterDownMs: 20_000,
  pauseMs: defaultRequestTimeoutMs + 5_000,
  requestTimeoutMs: undefined,
  refusedMs: 10_000,
  afterMs: 5_000,
};

const shortForm: Timing = {
  beforeMs: 2_000,
  leaderDownMs: 4_000,
  clusterDownMs: 8_000,
  pauseMs: 8_000,
  requestTimeoutMs: 5_000,
  refusedMs: 1_000,
  afterMs: 1_500,
};

export const timingOf = (full: boolean): Timing => (full ? fullLength : shortForm);

/**
 * The fault comes at most a quarter into the stream, so that a short `--records` is still in
 * progress when it comes.
 */
export function beforeMs(timing: Timing, rate: number, records: number | undefined): number {
  return records === undefined ? timing.beforeMs : Math.min(timing.beforeMs, (records / rate) * 250);
}
