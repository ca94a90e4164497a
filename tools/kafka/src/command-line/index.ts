/** Reads the command lines of this repository's own programs, over `parseArgs` of Node.js. */
export type { Given } from './given.js';
export { commandsHelp, optionsHelp } from './help.js';
export { readCommand, readCommandLine } from './read.js';
export { runProgram } from './run-program.js';
export { commandSpec, type CommandSpec } from './spec.js';
export { UsageError } from '../usage-error.js';
