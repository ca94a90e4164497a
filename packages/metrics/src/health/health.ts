import type { ProducerStats } from '@holdfast/core';
import { readOptions } from '@holdfast/core/stage';
import { notAProducer } from '../errors.js';
import { healthChecks, type HealthCode } from './checks.js';
import { findings } from './findings.js';
import { resolveHealthOptions, type HealthOptions } from './options.js';

/**
 * `'ok'`; `'degraded'`: the producer takes records, but they are late, pile up or are lost;
 * `'failing'`: it takes none at present.
 */
export type HealthStatus = 'ok' | 'degraded' | 'failing';

export interface HealthReason {
  readonly code: HealthCode;
  /** What was found, in figures. */
  readonly message: string;
  /** What an operator does about it. */
  readonly remedy: string;
}

export interface HealthReport {
  readonly status: HealthStatus;
  /** For a liveness probe. False when only a restart helps. */
  readonly live: boolean;
  /** For a readiness probe. False when a record that is sent now is refused, or waits for room. */
  readonly ready: boolean;
  /** The worst first. Empty when all is well. */
  readonly reasons: readonly HealthReason[];
}

const bySeverity: readonly string[] = Object.keys(healthChecks);

/**
 * Returns the health of a producer, from its `stats()` alone. It queries no broker and no disk, so
 * it returns at once and may be called at any rate. Throws `INVALID_OPTIONS` for wrong thresholds,
 * or when `producer` is not a producer.
 */
export function health(producer: { stats(): ProducerStats }, options: HealthOptions = {}): HealthReport {
  const resolved = readOptions('health', () => resolveHealthOptions(options));
  if (!isProducer(producer)) throw notAProducer();
  const found = findings(producer.stats(), resolved).sort(
    ([a], [b]) => bySeverity.indexOf(a) - bySeverity.indexOf(b),
  );
  const impacts = found.map(([code]) => healthChecks[code].impact);
  const ready = impacts.every((impact) => impact === 'degraded');
  return {
    status: found.length === 0 ? 'ok' : ready ? 'degraded' : 'failing',
    live: !impacts.includes('dead'),
    ready,
    reasons: found.map(([code, message]) => ({ code, message, remedy: healthChecks[code].remedy })),
  };
}

const isProducer = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'stats' in value && typeof value.stats === 'function';
