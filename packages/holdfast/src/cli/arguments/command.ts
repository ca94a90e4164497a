import type { Context } from '../context.js';
import type { ParsedArguments } from './parsed-arguments.js';

export interface OptionSpec {
  readonly type: 'string' | 'boolean';
  /** Whether it may be given several times. */
  readonly multiple?: boolean;
  /** What follows the option in the help, such as `<n>`. */
  readonly value?: string;
  /** Includes the default. */
  readonly help: string;
}

export type OptionSpecs = { readonly [option: string]: OptionSpec };

/** Resolves with the exit code. */
export type Run = (context: Context) => Promise<number>;

/** A subcommand of `holdfast`. */
export interface Command {
  /** Two words, such as `journal inspect`. */
  readonly name: string;
  /** What follows the name, except options: `<directory>`. */
  readonly operands: string;
  /** A phrase for the list of all commands. */
  readonly brief: string;
  /** A sentence or two. */
  readonly description: string;
  readonly options: OptionSpecs;
  /** Reads the arguments. Nothing is run before all of them have been checked. */
  prepare(args: ParsedArguments): Run;
}
