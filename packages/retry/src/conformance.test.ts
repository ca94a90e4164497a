import { middlewareConformance } from '@holdfast/testing/vitest';
import { retry } from './retry.js';

middlewareConformance({
  name: 'retry',
  create: () => retry(),
  features: { createWithoutDelay: () => retry({ initialDelayMs: 0, maxDelayMs: 0, budget: false }) },
});
