import { expect, it } from 'vitest';
import { choose } from './arguments.mjs';

const checks = ['lint', 'unit', 'integration'].map((name) => ({ name }));
/** @param {string[]} args */
const chosen = (...args) => choose(args, checks).map(({ name }) => name);

it('runs everything by default', () => {
  expect(chosen()).toEqual(['lint', 'unit', 'integration']);
});

it('runs the named checks, in its own order', () => {
  expect(chosen('--only', 'unit,lint')).toEqual(['lint', 'unit']);
  expect(chosen('--only', 'unit', '--only=lint')).toEqual(['lint', 'unit']);
  expect(chosen('--skip', 'integration')).toEqual(['lint', 'unit']);
  expect(chosen('--only', 'unit,lint', '--skip', 'lint')).toEqual(['unit']);
});

it('lists the checks for an unknown name', () => {
  expect(() => chosen('--only', 'units')).toThrow(
    'no check is named units; there are lint, unit, integration',
  );
  expect(() => chosen('--fast')).toThrow('--fast');
});
