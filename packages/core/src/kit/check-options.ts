import { ConfigurationError } from '../contract/configuration-error.js';
import { isProxy } from 'node:util/types';
import { cutName } from '../foreign/cut-name.js';
import { ProducerError } from '../contract/error.js';
import { kindOf } from '../foreign/kind-of.js';

/** Returns what is wrong with one option's value; `undefined`: nothing. */
export type OptionCheck = (value: unknown) => string | undefined;

/** One check for each option of a package; an option without a check is unknown. */
export type OptionChecks<T> = { readonly [K in keyof Required<T>]: OptionCheck };

// Strings are not shown: one may be a secret given in the wrong place.
const shown = (value: unknown): string =>
  typeof value === 'number' || typeof value === 'boolean' ? String(value) : kindOf(value);

/** Accepts a number within bounds; `Infinity` only when `max` is. */
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
  // A Proxy counts as an object here; reading it may still fail. `Array.isArray` throws for a
  // revoked one.
  typeof value === 'object' && value !== null && (isProxy(value) || !Array.isArray(value))
    ? undefined
    : 'must be an object';
// Not by its class: a signal of another realm works as well.
export const aSignal: OptionCheck = (value) =>
  Object.prototype.toString.call(value) === '[object AbortSignal]' ? undefined : 'must be an AbortSignal';
export const aString: OptionCheck = (value) =>
  typeof value === 'string' && value !== '' ? undefined : 'must be a string that is not empty';

/**
 * Returns `NaN` for anything but a number: comparing it with another option then finds nothing
 * wrong.
 */
export const asNumber = (value: unknown): number => (typeof value === 'number' ? value : NaN);

/**
 * Runs `read`, which reads the options that a user gave to `where`. Throws `INVALID_OPTIONS` for
 * whatever a getter or a Proxy of theirs throws, with that as `cause`.
 */
export function readOptions<T>(where: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (ProducerError.is(error)) throw error;
    const problem = "reading the options threw; 'cause' has the error";
    throw new ConfigurationError('INVALID_OPTIONS', `${where}: ${problem}`, {
      ...{ cause: error, problems: [problem], stage: where },
    });
  }
}

/**
 * Throws `INVALID_OPTIONS` with all problems at once when options are unknown or wrong. An option
 * that is `undefined` counts as not given. `more` adds problems that concern several options.
 */
export function checkOptions<T extends object>(
  where: string,
  options: T,
  checks: OptionChecks<T>,
  more: readonly (string | undefined)[] = [],
): void {
  const problems = [...problemsOf(where, options, checks), ...more.filter((one) => one !== undefined)];
  if (problems.length === 0) return;
  throw new ConfigurationError('INVALID_OPTIONS', `${where}: ${problems.join('; ')}`, {
    problems,
    stage: where,
  });
}

/**
 * Returns the problems of options within an option, for `more` of {@link checkOptions}. Anything
 * but an object has none here: the check of the option itself reports that.
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
  for (const name of Object.keys(options)) {
    const check = known.get(name);
    const shownName = `'${cutName(name)}'`;
    if (check === undefined) {
      problems.push(
        `unknown option ${shownName}: ${where} has ${[...known.keys()].join(', ') || 'no options'}`,
      );
      continue;
    }
    try {
      const value: unknown = Reflect.get(options, name);
      const problem = value === undefined ? undefined : check(value);
      if (problem !== undefined) problems.push(`${shownName} ${problem}`);
    } catch {
      problems.push(`${shownName} cannot be read: a getter or a Proxy throws`);
    }
  }
  return problems;
}
