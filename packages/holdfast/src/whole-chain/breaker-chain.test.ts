import { buffer } from '@holdfast/buffer';
import { circuitBreaker } from '@holdfast/circuit-breaker';
import { retry } from '@holdfast/retry';
import { chainProperty } from '@holdfast/testing';
import { describe, it } from 'vitest';

describe('buffer and retry above a breaker', () => {
  it.each(['cluster', 'topic', 'partition'] as const)(
    'keep their guarantees while circuits open and probe, scope %s',
    async (scope) => {
      const quick = {
        consecutiveFailures: 2,
        openDurationMs: 50,
        maxOpenDurationMs: 400,
        probeTimeoutMs: 300,
      };
      await chainProperty({
        use: () => [
          buffer(),
          retry({ initialDelayMs: 10, budget: false }),
          circuitBreaker({ scope, ...quick, halfOpenProbes: 2 }),
        ],
        runs: 25,
        script: { failed: 0.3, unknown: 0.1, rejected: 0.02, hangs: 0.005 },
      });
    },
  );
});
