import { expectTypeOf } from 'vitest';
import type { Middleware } from '@holdfast/core';
import { metrics, type MetricsOptions, type TracesOptions } from './index.js';

expectTypeOf(metrics).returns.toEqualTypeOf<Middleware>();
expectTypeOf(metrics).parameter(0).toEqualTypeOf<MetricsOptions | undefined>();
expectTypeOf<MetricsOptions['clientId']>().toEqualTypeOf<string | undefined>();
expectTypeOf<MetricsOptions['maxTopics']>().toEqualTypeOf<number | undefined>();
expectTypeOf<MetricsOptions['traces']>().toEqualTypeOf<false | TracesOptions | undefined>();
