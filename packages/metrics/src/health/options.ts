import { checkOptions, numberBetween } from '@holdfast/core/stage';

export interface HealthOptions {
  /** The share of its bound from which a journal or a buffer counts as nearly full. Default 0.8. */
  readonly nearFullRatio?: number;
  /**
   * How long the client may wait for a response, in ms. Brokers that are paused or cut off show
   * here first. Default 10,000.
   */
  readonly silentAfterMs?: number;
  /**
   * The age, in ms since `send`, from which a record that is not in Kafka counts as late. Default
   * 60,000, half of `deliveryTimeoutMs`.
   */
  readonly lateAfterMs?: number;
  /**
   * How long, in ms, a record waits for room before the producer counts as taking no more. Default
   * 1,000.
   */
  readonly waitForRoomMs?: number;
}

export type ResolvedHealthOptions = Required<HealthOptions>;

/** A week. No probe watches anything that waits longer. */
const maxMs = 7 * 24 * 60 * 60_000;

/** Throws `INVALID_OPTIONS`, with all problems at once, when options are wrong. */
export function resolveHealthOptions(options: HealthOptions): ResolvedHealthOptions {
  checkOptions('health', options, {
    nearFullRatio: numberBetween(0, 1),
    silentAfterMs: numberBetween(1, maxMs, 'ms'),
    lateAfterMs: numberBetween(1, maxMs, 'ms'),
    waitForRoomMs: numberBetween(1, maxMs, 'ms'),
  });
  return {
    nearFullRatio: options.nearFullRatio ?? 0.8,
    silentAfterMs: options.silentAfterMs ?? 10_000,
    lateAfterMs: options.lateAfterMs ?? 60_000,
    waitForRoomMs: options.waitForRoomMs ?? 1_000,
  };
}
