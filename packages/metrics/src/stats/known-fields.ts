import { numberIn, valueIn } from '../observing/observe.js';

/**
 * Fields of a stage's stats, under names that the types know. They say what the package of that name gives; another stage may have the
 * name, or the package another version, so that each is looked at before it is believed.
 */
export const numberOf = <T extends object>(
  stats: T | undefined,
  name: keyof T & string,
): number | undefined => numberIn(stats, name);

export function textOf<T extends object>(stats: T | undefined, name: keyof T & string): string | undefined {
  const value = valueIn(stats, name);
  return typeof value === 'string' ? value : undefined;
}
