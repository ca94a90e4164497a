import type { Middleware } from '@holdfast/core';
import { expectTypeOf } from 'vitest';
import { journal, type JournalOptions } from '../src/index.js';

expectTypeOf(journal).returns.toEqualTypeOf<Middleware>();
expectTypeOf(journal).parameter(0).toEqualTypeOf<JournalOptions>();
expectTypeOf<JournalOptions>().toHaveProperty('directory').toEqualTypeOf<string>();
