import { describe, expect, it } from 'vitest';
import {
  aBoolean,
  aFunction,
  anObject,
  aString,
  checkOptions,
  nestedProblems,
  numberBetween,
  oneOf,
  wholeNumberBetween,
} from './check-options.js';
import { ProducerError } from '../contract/error.js';

const problemsOf = (run: () => void): ProducerError => {
  try {
    run();
  } catch (error) {
    if (ProducerError.is(error)) return error;
    throw error;
  }
  throw new Error('nothing was refused');
};

describe('checkOptions', () => {
  const misspelt = { limitMs: -1, naem: 'x' };
  const checks = { limitMs: numberBetween(0, 100, 'ms'), name: aString };

  it('refuses what is unknown or wrong, all at once, and says what there is', () => {
    const error = problemsOf(() =>
      checkOptions<{ limitMs?: number; name?: string }>('retry', misspelt, checks),
    );
    expect(error.code).toBe('INVALID_OPTIONS');
    expect(error.stage).toBe('retry');
    expect(error.problems).toEqual([
      "'limitMs' must be a number from 0 to 100 ms, not -1",
      "unknown option 'naem': retry has limitMs, name",
    ]);
    expect(error.message).toBe(`retry: ${error.problems?.join('; ')}`);
  });

  it('adds what is wrong with several options together, and skips what is undefined', () => {
    const error = problemsOf(() =>
      checkOptions<{ limitMs?: number; name?: string }>('retry', { limitMs: 1 }, checks, [
        undefined,
        'limitMs is below the delay',
      ]),
    );
    expect(error.problems).toEqual(['limitMs is below the delay']);
  });

  it('takes undefined as not given', () => {
    expect(() =>
      checkOptions<{ limitMs?: number | undefined; name?: string }>('retry', { limitMs: undefined }, checks),
    ).not.toThrow();
  });

  it.each([[null], ['text'], [[]], [7]])('refuses %j in the place of options', (options) => {
    const error = problemsOf(() => void Reflect.apply(checkOptions, undefined, ['retry', options, checks]));
    expect(error.problems).toEqual(['the options must be an object']);
  });

  it('says so when there is no option at all', () => {
    const error = problemsOf(() => checkOptions<object>('x', { y: 1 }, {}));
    expect(error.problems).toEqual(["unknown option 'y': x has no options"]);
  });
});

describe('checks', () => {
  it.each([
    ['numberBetween', numberBetween(1, 5), [1, 2.5, 5], [0, 6, NaN, Infinity, '1', null]],
    ['numberBetween, open', numberBetween(1, Infinity), [1e9, Infinity], [0, -Infinity, NaN]],
    ['wholeNumberBetween', wholeNumberBetween(0, 5), [0, 5], [2.5, -1, 6, Infinity, '1']],
    ['wholeNumberBetween, open', wholeNumberBetween(0, Infinity), [0, Infinity], [0.5, NaN]],
    ['oneOf', oneOf('a', true), ['a', true], ['b', false, undefined]],
    ['aBoolean', aBoolean, [true, false], ['true', 0]],
    ['aFunction', aFunction, [() => 1], [{}, 'f']],
    ['anObject', anObject, [{}], [null, [], 'x']],
    ['aString', aString, ['x'], ['', 5]],
  ])('%s', (_name, check, right, wrong) => {
    for (const value of right) expect(check(value)).toBeUndefined();
    for (const value of wrong) expect(check(value)).toMatch(/^must be /);
  });

  it('never shows text: it may be a secret in the wrong place', () => {
    expect(numberBetween(1, 5)('hunter2')).toBe('must be a number from 1 to 5, not a string');
    expect(aFunction(['hunter2'])).toBe('must be a function, not an array');
  });
});

describe('nestedProblems', () => {
  const checks = { tries: numberBetween(1, 9) };

  it('names the option that they are in', () => {
    expect(nestedProblems<{ tries?: number }>('reconnect', { tries: 0 }, checks, ['x', undefined])).toEqual([
      "reconnect: 'tries' must be a number from 1 to 9, not 0",
      'reconnect: x',
    ]);
  });

  it.each([[undefined], [null], [7], [[]]])('says nothing of %j', (options) => {
    expect(Reflect.apply(nestedProblems, undefined, ['reconnect', options, checks])).toEqual([]);
  });
});
