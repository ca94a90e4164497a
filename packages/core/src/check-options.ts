import { ProducerError } from './error.js';
import { kindOf } from './kind-of.js';

/** Looks at one option's value; answers what is wrong with it, or `undefined`. */
export type OptionCheck = (value: unknown) => string | undefined;

/** One check for each option a package has; an option without a check is unknown. */
export type OptionChecks<T> = { readonly [K in keyof Required<T>]: OptionCheck };

// A string is not shown: it may be a secret given in the wrong place.
const shown = (value: unknown): string =>
  typeof value === 'number' || typeof value === 'boolean' ? String(value) : kindOf(value);

/** A number within bounds, `Infinity` only when `max` is. */
export function numberBetween(min: number, max: number, unit = ''): OptionCheck {
  return (value) =>
    typeof value === 'number' && value >= min && value <= max
      ? undefined
      : `must be a number from ${min} to ${max}${unit && ` ${unit}`}, not ${shown(value)}`;
}

export function wholeNumberBetween(min: number, max: number, unit = ''): OptionCheck {
  return (value) =>
    typeof value === 'number' &&
    value >= min &&
    value <= max &&
    (Number.isInteger(value) || value === Infinity)
      ? undefined
      : `must be a whole number from ${min} to ${max}${unit && ` ${unit}`}, not ${shown(value)}`;
}

export function oneOf(...allowed: readonly (string | boolean)[]): OptionCheck {
  const list = allowed.map((one) => (typeof one === 'string' ? `'${one}'` : String(one))).join(' | ');
  return (value) => (allowed.some((one) => one === value) ? undefined : `must be ${list}`);
}

export const aBoolean: OptionCheck = oneOf(true, false);
export const aFunction: OptionCheck = (value) =>
  typeof value === 'function' ? undefined : `must be a function, not ${shown(value)}`;
export const anObject: OptionCheck = (value) =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? undefined : 'must be an object';
export const aSignal: OptionCheck = (value) =>
  value instanceof AbortSignal ? undefined : 'must be an AbortSignal';
export const aString: OptionCheck = (value) =>
  typeof value === 'string' && value !== '' ? undefined : 'must be a string that is not empty';

/**
 * Refuses options that are unknown or wrong, all at once, with `INVALID_OPTIONS`. An option that is `undefined` counts as
 * not given. `more` adds problems that concern several options together.
 */
export function checkOptions<T extends object>(
  where: string,
  options: T,
  checks: OptionChecks<T>,
  more: readonly (string | undefined)[] = [],
): void {
  const problems = [...problemsOf(where, options, checks), ...more.filter((one) => one !== undefined)];
  if (problems.length === 0) return;
  throw new ProducerError('INVALID_OPTIONS', `${where}: ${problems.join('; ')}`, { problems, stage: where });
}

/**
 * The problems of options within an option, for `more` of {@link checkOptions}. What is no object has none: that it should be
 * one is for the check of the option itself to say.
 */
export function nestedProblems<T extends object>(
  name: string,
  options: T | undefined,
  checks: OptionChecks<T>,
  more: readonly (string | undefined)[] = [],
): readonly string[] {
  if (options === undefined || anObject(options) !== undefined) return [];
  return [...problemsOf(name, options, checks), ...more.filter((one) => one !== undefined)].map(
    (problem) => `${name}: ${problem}`,
  );
}

function problemsOf<T extends object>(where: string, options: T, checks: OptionChecks<T>): string[] {
  const wrong = anObject(options);
  if (wrong !== undefined) return [`the options ${wrong}`];
  const known = new Map<string, OptionCheck>(Object.entries<OptionCheck>(checks));
  const problems: string[] = [];
  for (const [name, value] of Object.entries(options)) {
    const check = known.get(name);
    if (check === undefined) {
      problems.push(`unknown option '${name}': ${where} has ${[...known.keys()].join(', ') || 'no options'}`);
    } else if (value !== undefined) {
      const problem = check(value);
      if (problem !== undefined) problems.push(`'${name}' ${problem}`);
    }
  }
  return problems;
}
