import type { ErrorCode, Failed, Middleware, ProducerEvents, Unknown } from '@holdfast/core';
import { expectTypeOf } from 'vitest';
import {
  circuitBreaker,
  type CircuitBreaker,
  type CircuitBreakerOptions,
  type CircuitPlace,
  type CircuitState,
  type OpenReason,
} from './index.js';

expectTypeOf(circuitBreaker).returns.toEqualTypeOf<CircuitBreaker>();
expectTypeOf(circuitBreaker).parameter(0).toEqualTypeOf<CircuitBreakerOptions | undefined>();
expectTypeOf<CircuitBreaker>().toExtend<Middleware>();

expectTypeOf<CircuitBreaker['state']>().toEqualTypeOf<(place?: CircuitPlace) => CircuitState>();
expectTypeOf<CircuitState>().toEqualTypeOf<'closed' | 'open' | 'half-open' | 'isolated'>();
expectTypeOf<CircuitBreaker['isolate']>().toEqualTypeOf<(place?: CircuitPlace) => void>();

expectTypeOf<CircuitBreakerOptions['consecutiveFailures']>().toEqualTypeOf<number | false | undefined>();
expectTypeOf<NonNullable<CircuitBreakerOptions['classify']>>().toEqualTypeOf<
  (outcome: Failed | Unknown) => 'failure' | 'ignore' | undefined
>();
// @ts-expect-error there is no such scope
circuitBreaker({ scope: 'broker' });
// @ts-expect-error true is no threshold
circuitBreaker({ consecutiveFailures: true });

expectTypeOf<ProducerEvents['circuit.opened']>().toEqualTypeOf<{
  readonly circuit: string;
  readonly code: ErrorCode | undefined;
  readonly openMs: number;
  readonly reason: OpenReason;
}>();
