import type { Middleware } from '@holdfast/core';
import { expectTypeOf } from 'vitest';
import { circuitBreaker, type CircuitBreakerOptions } from './index.js';

expectTypeOf(circuitBreaker).returns.toEqualTypeOf<Middleware>();
expectTypeOf(circuitBreaker).parameter(0).toEqualTypeOf<CircuitBreakerOptions | undefined>();
expectTypeOf<CircuitBreakerOptions>().toEqualTypeOf<{ readonly failuresOnly?: boolean }>();
