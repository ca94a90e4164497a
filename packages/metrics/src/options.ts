import { aBoolean, checkOptions } from '@holdfast/core';

export interface MetricsOptions {
  /** Count as settled only what failed. Default false. */
  readonly failuresOnly?: boolean;
}

export type ResolvedMetricsOptions = Required<MetricsOptions>;

/** Refuses wrong options with `INVALID_OPTIONS`, all at once. */
export function resolveOptions(options: MetricsOptions): ResolvedMetricsOptions {
  checkOptions('metrics', options, { failuresOnly: aBoolean });
  return { failuresOnly: options.failuresOnly ?? false };
}
