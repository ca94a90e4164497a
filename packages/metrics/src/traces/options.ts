import { aBoolean, anObject, nestedProblems, oneOf, type OptionCheck } from '@holdfast/core/stage';

export interface TracesOptions {
  /** A `create` span for each record. Without it, a record carries the context that `send` was called in. Default true. */
  readonly create?: boolean;
  /**
   * Which records carry a context in their headers. `'all'`: also those of traces that are not sampled, so that consumers decide the
   * same way. `'sampled'`: those alone that are; a header on each record costs the client more than all the rest. Default `'all'`.
   */
  readonly propagate?: 'all' | 'sampled';
}

/** The check of the option `traces` itself; {@link tracesProblems} is for what is in it. */
export const falseOrAnObject: OptionCheck = (value) =>
  value === false || anObject(value) === undefined ? undefined : 'must be false or an object';

export const tracesProblems = (traces: false | TracesOptions | undefined): readonly string[] =>
  nestedProblems('traces', traces === false ? undefined : traces, {
    create: aBoolean,
    propagate: oneOf('all', 'sampled'),
  });
