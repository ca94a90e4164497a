import './stats/known-stages.js';
import type { ConfluentStats } from '@holdfast/adapter-confluent';
import type { KafkajsStats } from '@holdfast/adapter-kafkajs';
import type { Middleware, ProducerStats } from '@holdfast/core';
import { expectTypeOf } from 'vitest';
import { metrics, type MetricsOptions, type TracesOptions } from './index.js';

expectTypeOf(metrics).returns.toEqualTypeOf<Middleware>();
expectTypeOf(metrics).parameter(0).toEqualTypeOf<MetricsOptions | undefined>();
expectTypeOf<MetricsOptions['clientId']>().toEqualTypeOf<string | undefined>();
expectTypeOf<MetricsOptions['maxTopics']>().toEqualTypeOf<number | undefined>();
expectTypeOf<MetricsOptions['traces']>().toEqualTypeOf<false | TracesOptions | undefined>();
// Both adapters declare their stats.
expectTypeOf<ProducerStats['stages']['kafkajs']>().toExtend<KafkajsStats | undefined>();
expectTypeOf<ProducerStats['stages']['confluent']>().toExtend<ConfluentStats | undefined>();
