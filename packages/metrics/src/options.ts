import { aString, checkOptions, wholeNumberBetween } from '@holdfast/core/stage';
import { falseOrAnObject, tracesProblems, type TracesOptions } from './traces/options.js';

export interface MetricsOptions {
  /**
   * The attribute `messaging.client.id` of everything that this producer reports. Default
   * `producer-1`, `producer-2`, … in the order in which producers are created. When another
   * producer of this process has the same id, `-2`, `-3`, … is appended.
   */
  readonly clientId?: string;
  /**
   * How many destinations have series of their own. Each partition that is written to is one
   * destination. Later ones count under `messaging.destination.name="_OTHER"`. Default 1,000, as
   * the SDK's own limit is 2,000 series per instrument.
   */
  readonly maxTopics?: number;
  /** `false` for no spans, and nothing in the headers of records. Default `{}`. */
  readonly traces?: false | TracesOptions;
}

export interface ResolvedMetricsOptions {
  readonly clientId: string | undefined;
  readonly maxTopics: number;
  readonly traces: false | TracesOptions;
}

/** Throws `INVALID_OPTIONS`, with all problems at once, when options are wrong. */
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
