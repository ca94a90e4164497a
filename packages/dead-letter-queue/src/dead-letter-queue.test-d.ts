import type { Middleware, ProducerEvents, ProducerRecord, ProducerStats } from '@holdfast/core';
import { expectTypeOf } from 'vitest';
import {
  deadLetterQueue,
  type DeadLetter,
  type DeadLetterQueueOptions,
  type DeadLetterQueueStats,
} from './index.js';

expectTypeOf(deadLetterQueue).returns.toEqualTypeOf<Middleware>();
expectTypeOf(deadLetterQueue).parameter(0).toEqualTypeOf<DeadLetterQueueOptions>();
expectTypeOf<{ topic: { suffix: '.dlq' } }>().toExtend<DeadLetterQueueOptions>();
expectTypeOf<{ order: ['tpic'] }>().not.toExtend<DeadLetterQueueOptions>();
// It can be sent again unchanged.
expectTypeOf<DeadLetter['record']>().toExtend<ProducerRecord>();
expectTypeOf<ProducerEvents['deadLetter.failed']['refusal']>().toEqualTypeOf<string>();
// `stats()` is typed: the package declares its own stage.
expectTypeOf<ProducerStats['stages']['deadLetterQueue']>().toExtend<DeadLetterQueueStats | undefined>();
