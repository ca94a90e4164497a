import { middlewareConformance } from '@holdfast/testing/vitest';
import { expect, it } from 'vitest';
import { circuitBreaker } from './circuit-breaker.js';

middlewareConformance({ name: 'circuitBreaker', create: () => circuitBreaker() });

it('refuses an option that it does not know, and one of the wrong kind, at once', () => {
  const wrong = Object.assign({}, { failuresOnly: 'yes', unheardOf: 1 });
  const make = (): void => void Reflect.apply(circuitBreaker, undefined, [wrong]);
  expect(make).toThrow(/unheardOf/);
  expect(make).toThrow(/failuresOnly/);
});
