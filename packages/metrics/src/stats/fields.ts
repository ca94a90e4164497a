/**
 * Returns a number of a stage's stats; `undefined` when there is none. The author of the stage is
 * unknown: a foreign stage may have the name of one of ours, and a getter of its may throw.
 */
export function numberIn(stats: unknown, name: string): number | undefined {
  const value = valueIn(stats, name);
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** Returns a field of any type; `undefined` when there is none or its getter throws. */
export function valueIn(stats: unknown, name: string): unknown {
  if (typeof stats !== 'object' || stats === null) return undefined;
  try {
    return Reflect.get(stats, name);
  } catch {
    return undefined;
  }
}

/** {@link numberIn} for a stage of a known type, so that the compiler checks the name. */
export const numberOf = <T extends object>(
  stats: T | undefined,
  name: keyof T & string,
): number | undefined => numberIn(stats, name);

/** Returns a string of a stage of a known type, so that the compiler checks the name. */
export function textOf<T extends object>(stats: T | undefined, name: keyof T & string): string | undefined {
  const value = valueIn(stats, name);
  return typeof value === 'string' ? value : undefined;
}
