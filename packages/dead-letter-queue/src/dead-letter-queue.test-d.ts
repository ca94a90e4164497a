import type { Middleware, ProducerEvents, ProducerRecord } from '@holdfast/core';
import { expectTypeOf } from 'vitest';
import { deadLetterQueue, type DeadLetter, type DeadLetterQueueOptions } from './index.js';

expectTypeOf(deadLetterQueue).returns.toEqualTypeOf<Middleware>();
expectTypeOf(deadLetterQueue).parameter(0).toEqualTypeOf<DeadLetterQueueOptions>();
expectTypeOf<{ topic: { suffix: '.dlq' } }>().toExtend<DeadLetterQueueOptions>();
expectTypeOf<{ order: ['tpic'] }>().not.toExtend<DeadLetterQueueOptions>();
// It can be sent again as it is.
expectTypeOf<DeadLetter['record']>().toExtend<ProducerRecord>();
expectTypeOf<ProducerEvents['deadLetter.failed']['refusal']>().toEqualTypeOf<string>();
