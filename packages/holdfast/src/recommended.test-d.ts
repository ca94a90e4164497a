import { expectTypeOf } from 'vitest';
import type { BufferOptions, JournalOptions, Middleware, RecommendedOptions } from './index.js';
import { createProducer, recommended } from './index.js';

expectTypeOf(recommended).returns.toEqualTypeOf<Middleware[]>();
expectTypeOf(recommended).parameter(0).toEqualTypeOf<RecommendedOptions | undefined>();
expectTypeOf<RecommendedOptions['journal']>().toEqualTypeOf<
  JournalOptions | Middleware | false | undefined
>();
expectTypeOf<RecommendedOptions['buffer']>().toEqualTypeOf<BufferOptions | Middleware | false | undefined>();
expectTypeOf(createProducer).toBeFunction();
