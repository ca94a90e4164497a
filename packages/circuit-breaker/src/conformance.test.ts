import { middlewareConformance } from '@holdfast/testing/vitest';
import { circuitBreaker } from './circuit-breaker.js';

middlewareConformance({ name: 'circuitBreaker', create: () => circuitBreaker() });
for (const scope of ['cluster', 'partition'] as const) {
  middlewareConformance({
    name: `circuitBreaker, scope ${scope}`,
    create: () => circuitBreaker({ scope, consecutiveFailures: 1, openDurationMs: 100, halfOpenProbes: 2 }),
  });
}
