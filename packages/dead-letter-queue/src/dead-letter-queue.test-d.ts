import type { Middleware } from '@holdfast/core';
import { expectTypeOf } from 'vitest';
import { deadLetterQueue, type DeadLetterQueueOptions } from './index.js';

expectTypeOf(deadLetterQueue).returns.toEqualTypeOf<Middleware>();
expectTypeOf(deadLetterQueue).parameter(0).toEqualTypeOf<DeadLetterQueueOptions | undefined>();
expectTypeOf<DeadLetterQueueOptions>().toEqualTypeOf<{ readonly failuresOnly?: boolean }>();
