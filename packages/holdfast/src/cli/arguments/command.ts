import type { Context } from '../context.js';
import type { Given } from './parsed-arguments.js';

export interface OptionSpec {
  readonly type: 'string' | 'boolean';
  /** May be given several times. */
  readonly multiple?: boolean;
  /** What stands behind it in the help: `<n>`. */
  readonly value?: string;
  /** With its default. */
  readonly help: string;
}

export type OptionSpecs = { readonly [option: string]: OptionSpec };

/** Resolves with the exit code. */
export type Run = (context: Context) => Promise<number>;

/** One of the things that `holdfast` does. */
export interface Command {
  /** Two words: `journal inspect`. */
  readonly name: string;
  /** What follows the name, options aside: `<directory>`. */
  readonly operands: string;
  /** A few words, for the list of all. */
  readonly brief: string;
  /** A sentence or two. */
  readonly does: string;
  readonly options: OptionSpecs;
  /** Reads what was given; nothing is done before all of it has been looked at. */
  prepare(given: Given): Run;
}
