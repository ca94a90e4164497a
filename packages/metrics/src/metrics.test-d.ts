import type { Middleware } from '@holdfast/core';
import { expectTypeOf } from 'vitest';
import { metrics, type MetricsOptions } from './index.js';

expectTypeOf(metrics).returns.toEqualTypeOf<Middleware>();
expectTypeOf(metrics).parameter(0).toEqualTypeOf<MetricsOptions | undefined>();
expectTypeOf<MetricsOptions>().toEqualTypeOf<{ readonly failuresOnly?: boolean }>();
