import type { Given } from './given.js';

export interface OptionSpec {
  /** What the help calls its value: `<n>`. An option without one is a flag. */
  readonly value?: string;
  /** With its default; a newline starts another line. */
  readonly help: string;
}

export type OptionSpecs = { readonly [option: string]: OptionSpec };

/** A command line: of a program, or of one of its commands. */
export interface CommandSpec<T, O extends OptionSpecs = OptionSpecs> {
  /** What the help calls the operands: `<id|all>`. Without it there are none. */
  readonly operands?: string;
  /** For the list of a program's commands. */
  readonly does?: string;
  readonly options: O;
  /**
   * Turns what was given into what the program works on; reports each problem with {@link
   * Given.refuse}.
   */
  read(given: Given<keyof O & string>): T;
}

/** Lets the compiler check the names of the options that `read` asks for. */
export const commandSpec = <T, const O extends OptionSpecs>(spec: CommandSpec<T, O>): CommandSpec<T, O> =>
  spec;
