import { checkOptions, numberBetween } from '@holdfast/core/stage';

export interface HealthOptions {
  /** A journal or a buffer whose share of its bound is so large is nearly full. Default 0.8. */
  readonly nearFullRatio?: number;
  /** A client that has had no answer to a call for so many ms, where brokers that are paused or cut off show first. Default 10,000. */
  readonly silentAfterMs?: number;
  /** A record that was sent so many ms ago, and is not in Kafka, is late. Default 60,000: half of `deliveryTimeoutMs`. */
  readonly lateAfterMs?: number;
  /** A record that has waited so many ms for room means that the producer takes no more. Default 1,000. */
  readonly waitForRoomMs?: number;
}

export type ResolvedHealthOptions = Required<HealthOptions>;

/** A week: what waits longer than that is not watched by a probe. */
const longestMs = 7 * 24 * 60 * 60_000;

/** Refuses wrong options with `INVALID_OPTIONS`, all at once. */
export function resolveHealthOptions(options: HealthOptions): ResolvedHealthOptions {
  checkOptions('health', options, {
    nearFullRatio: numberBetween(0, 1),
    silentAfterMs: numberBetween(1, longestMs, 'ms'),
    lateAfterMs: numberBetween(1, longestMs, 'ms'),
    waitForRoomMs: numberBetween(1, longestMs, 'ms'),
  });
  return {
    nearFullRatio: options.nearFullRatio ?? 0.8,
    silentAfterMs: options.silentAfterMs ?? 10_000,
    lateAfterMs: options.lateAfterMs ?? 60_000,
    waitForRoomMs: options.waitForRoomMs ?? 1_000,
  };
}
