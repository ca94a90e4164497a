import { ProducerError, type ProducerStats } from '@holdfast/core';
import { readOptions } from '@holdfast/core/stage';
import { findings } from './findings.js';
import { resolveHealthOptions, type HealthOptions } from './options.js';
import { verdicts, type HealthCode } from './checks.js';

/** `'ok'`; `'degraded'`: it takes records, and they are late, pile up or are lost; `'failing'`: it takes none now. */
export type HealthStatus = 'ok' | 'degraded' | 'failing';

export interface HealthReason {
  readonly code: HealthCode;
  /** What was seen, in figures. */
  readonly message: string;
  /** What an operator does about it. */
  readonly remedy: string;
}

export interface HealthReport {
  readonly status: HealthStatus;
  /** For a liveness probe. False: only a restart heals it. */
  readonly live: boolean;
  /** For a readiness probe. False: whatever is sent now is refused, or waits until its sender has gone. */
  readonly ready: boolean;
  /** The worst first; none when all is well. */
  readonly reasons: readonly HealthReason[];
}

const order: readonly string[] = Object.keys(verdicts);

/**
 * Judges a producer by its `stats()` alone: nothing is asked of a broker or a disk, so it answers at once and may be called at any
 * rate. Throws `INVALID_OPTIONS` for wrong thresholds, or for what is no producer.
 */
export function health(producer: { stats(): ProducerStats }, options: HealthOptions = {}): HealthReport {
  const resolved = readOptions('health', () => resolveHealthOptions(options));
  if (!isProducer(producer)) {
    const problem = "'producer' must be what createProducer resolves with; await it first";
    throw new ProducerError('INVALID_OPTIONS', `health: ${problem}`, {
      stage: 'health',
      problems: [problem],
    });
  }
  const found = findings(producer.stats(), resolved).sort(([a], [b]) => order.indexOf(a) - order.indexOf(b));
  const effects = found.map(([code]) => verdicts[code].effect);
  const ready = effects.every((effect) => effect === 'degraded');
  return {
    status: found.length === 0 ? 'ok' : ready ? 'degraded' : 'failing',
    live: !effects.includes('dead'),
    ready,
    reasons: found.map(([code, message]) => ({ code, message, remedy: verdicts[code].remedy })),
  };
}

const isProducer = (given: unknown): boolean =>
  typeof given === 'object' && given !== null && 'stats' in given && typeof given.stats === 'function';
