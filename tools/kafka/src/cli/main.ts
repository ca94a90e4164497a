import { join } from 'node:path';
import { CACHE } from '../java/install.js';
import { UsageError } from '../usage-error.js';
import { parseCommand, USAGE } from './arguments.js';
import { run } from './commands.js';
import { StateFile } from './state.js';

/** What a test of the command line replaces. */
export interface MainOptions {
  readonly print: (text: string) => void;
  readonly complain: (text: string) => void;
  /**
   * Where the state file and the clusters' data are. Default: `.cache/kafka-run` in the repository.
   */
  readonly directory?: string;
}

/**
 * Resolves with the exit code: 0; 1 when the command failed; 2 when the command line makes no
 * sense.
 */
export async function main(argv: readonly string[], options: MainOptions): Promise<number> {
  const { print, complain, directory = join(CACHE, 'kafka-run') } = options;
  try {
    const command = parseCommand(argv);
    if (command === 'help') print(USAGE);
    else await run(command, { state: new StateFile(directory), directory, print });
    return 0;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    complain(error instanceof UsageError ? `${message}\n\n${USAGE}` : message);
    return error instanceof UsageError ? 2 : 1;
  }
}
