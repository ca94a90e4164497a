import { middlewareConformance } from '@holdfast/testing/vitest';
import { expect, it } from 'vitest';
import { metrics } from './metrics.js';

middlewareConformance({ name: 'metrics', create: () => metrics() });

it('refuses an option that it does not know, and one of the wrong kind, at once', () => {
  const wrong = Object.assign({}, { failuresOnly: 'yes', unheardOf: 1 });
  const make = (): void => void Reflect.apply(metrics, undefined, [wrong]);
  expect(make).toThrow(/unheardOf/);
  expect(make).toThrow(/failuresOnly/);
});
