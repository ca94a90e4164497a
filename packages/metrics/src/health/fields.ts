/**
 * Fields of a stage's stats. The types say what the package of that name gives; another stage may have the name, or the package another
 * version, so that each is looked at before it is believed.
 */
export function numberOf<T extends object>(stats: T | undefined, name: keyof T & string): number | undefined {
  const value: unknown = stats === undefined ? undefined : Reflect.get(stats, name);
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

export function textOf<T extends object>(stats: T | undefined, name: keyof T & string): string | undefined {
  const value: unknown = stats === undefined ? undefined : Reflect.get(stats, name);
  return typeof value === 'string' ? value : undefined;
}
