import { aString, checkOptions, wholeNumberBetween } from '@holdfast/core/stage';
import { falseOrAnObject, tracesProblems, type TracesOptions } from './traces/options.js';

export interface MetricsOptions {
  /**
   * `messaging.client.id` of everything that this producer says. Default `producer-1`, `producer-2`, … in the order in which they are
   * made. One that another producer of this process has gets `-2`, `-3`, … behind it.
   */
  readonly clientId?: string;
  /**
   * How many destinations have series of their own; each partition that is written to is one. What comes later counts under
   * `messaging.destination.name="_OTHER"`. Default 1,000: the SDK's own limit is 2,000 series an instrument.
   */
  readonly maxTopics?: number;
  /** `false`: no spans, and nothing in the headers of records. Default `{}`. */
  readonly traces?: false | TracesOptions;
}

export interface ResolvedMetricsOptions {
  readonly clientId: string | undefined;
  readonly maxTopics: number;
  readonly traces: false | TracesOptions;
}

/** Refuses wrong options with `INVALID_OPTIONS`, all at once. */
export function resolveOptions(options: MetricsOptions): ResolvedMetricsOptions {
  const { clientId, maxTopics = 1_000, traces = {} } = options;
  checkOptions(
    'metrics',
    options,
    { clientId: aString, maxTopics: wholeNumberBetween(1, 1_000_000), traces: falseOrAnObject },
    tracesProblems(traces),
  );
  return { clientId, maxTopics, traces };
}
