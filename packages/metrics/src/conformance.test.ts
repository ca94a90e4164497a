import { middlewareConformance } from '@holdfast/testing/vitest';
import { metrics as api } from '@opentelemetry/api';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { afterAll, beforeAll, describe } from 'vitest';
import { metrics } from './metrics.js';

describe('without an SDK', () => {
  beforeAll(() => api.disable());
  middlewareConformance({ name: 'metrics', create: () => metrics() });
});

describe('with an SDK', () => {
  beforeAll(() => {
    api.disable();
    api.setGlobalMeterProvider(new MeterProvider());
  });
  afterAll(() => api.disable());
  middlewareConformance({ name: 'metrics', create: () => metrics() });
});
