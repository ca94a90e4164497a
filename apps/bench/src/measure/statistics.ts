/**
 * Returns the middle value, or the mean of the two in the middle. Throws a RangeError for no
 * values.
 */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[sorted.length >> 1];
  const lower = sorted[(sorted.length - 1) >> 1];
  if (upper === undefined || lower === undefined) throw new RangeError('the median of no values');
  return (lower + upper) / 2;
}

/** Returns the median of the values that exist; `undefined` for none. */
export function medianOf<T>(all: readonly T[], pick: (one: T) => number | undefined): number | undefined {
  const values = all.map(pick).filter((value) => value !== undefined);
  return values.length === 0 ? undefined : median(values);
}

/**
 * Returns the smallest value that this many percent of the values do not exceed. Throws a
 * RangeError for no values.
 */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)];
  if (value === undefined) throw new RangeError('a percentile of no values');
  return value;
}
