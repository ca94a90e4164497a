import type { ResolvedCircuitBreakerOptions } from '../options.js';

type DurationOptions = Pick<
  ResolvedCircuitBreakerOptions,
  'openDurationMs' | 'openDurationMultiplier' | 'maxOpenDurationMs' | 'jitter'
>;

/**
 * Returns how long a circuit stays open, in whole ms, at least 1: exponential, with jitter to both
 * sides and one upper bound, like Kafka's `ExponentialBackoff` (org.apache.kafka.common.utils).
 *
 * @param failedProbes in a row since the circuit was last closed
 */
export function openDuration(options: DurationOptions, failedProbes: number, random: () => number): number {
  const { openDurationMs, openDurationMultiplier, maxOpenDurationMs, jitter } = options;
  const exponential = Math.min(maxOpenDurationMs, openDurationMs * openDurationMultiplier ** failedProbes);
  const drawn = exponential * (1 - jitter + 2 * jitter * random());
  return Math.max(1, Math.round(Math.min(maxOpenDurationMs, drawn)));
}
