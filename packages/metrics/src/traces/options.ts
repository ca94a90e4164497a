import { aBoolean, anObject, nestedProblems, oneOf, type OptionCheck } from '@holdfast/core/stage';

export interface TracesOptions {
  /**
   * Creates a `create` span per record. Without it, a record carries the context in which `send`
   * was called. Default true.
   */
  readonly create?: boolean;
  /**
   * Which records carry a context in their headers. `'all'` includes records of traces that are not
   * sampled, so that consumers make the same decision. `'sampled'` leaves these out: a header per
   * record costs the client more than everything else about traces. Default `'all'`.
   */
  readonly propagate?: 'all' | 'sampled';
}

/** Checks the option `traces` itself; {@link tracesProblems} checks its content. */
export const falseOrAnObject: OptionCheck = (value) =>
  value === false || anObject(value) === undefined ? undefined : 'must be false or an object';

export const tracesProblems = (traces: false | TracesOptions | undefined): readonly string[] =>
  nestedProblems('traces', traces === false ? undefined : traces, {
    create: aBoolean,
    propagate: oneOf('all', 'sampled'),
  });
