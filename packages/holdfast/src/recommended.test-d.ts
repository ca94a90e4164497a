import { expectTypeOf } from 'vitest';
import type {
  BufferOptions,
  BufferStats,
  CircuitBreakerStats,
  DeadLetterQueueStats,
  JournalOptions,
  JournalStats,
  Middleware,
  ProducerStats,
  RecommendedOptions,
  RetryStats,
} from './index.js';
import { createProducer, recommended } from './index.js';

expectTypeOf(recommended).returns.toEqualTypeOf<Middleware[]>();
expectTypeOf(recommended).parameter(0).toEqualTypeOf<RecommendedOptions | undefined>();
expectTypeOf<RecommendedOptions['journal']>().toEqualTypeOf<
  JournalOptions | Middleware | false | undefined
>();
expectTypeOf<RecommendedOptions['buffer']>().toEqualTypeOf<BufferOptions | Middleware | false | undefined>();
expectTypeOf(createProducer).toBeFunction();

// Each package declares the stats of its stage, which may be missing from a chain.
type Stages = ProducerStats['stages'];
expectTypeOf<Stages['journal']>().toExtend<JournalStats | undefined>();
expectTypeOf<Stages['deadLetterQueue']>().toExtend<DeadLetterQueueStats | undefined>();
expectTypeOf<Stages['buffer']>().toExtend<BufferStats | undefined>();
expectTypeOf<Stages['retry']>().toExtend<RetryStats | undefined>();
expectTypeOf<Stages['circuitBreaker']>().toExtend<CircuitBreakerStats | undefined>();
expectTypeOf<Stages['undeclared']>().not.toExtend<JournalStats | undefined>();
