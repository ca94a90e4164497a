import { UsageError } from '../usage-error.js';

const usageExitCode = 2;
const brokenExitCode = 3;
/** As a shell reports a process that SIGINT ended: 128 + 2. */
const interruptedExitCode = 130;

export interface Program<T> {
  /** Of `npm run <name>`. */
  readonly name: string;
  readonly help: string;
  /** See `readCommandLine`. */
  read(argv: readonly string[]): T | 'help';
  /** Resolves with the exit code. `interrupted` aborts when the user presses Ctrl-C. */
  run(asked: T, interrupted: AbortSignal): Promise<number>;
  /** Written at the first Ctrl-C. Without it, the first one ends the process. */
  readonly stopping?: string;
}

/**
 * Runs a program with the arguments of this process, and sets its exit code: 2 for a command line
 * that makes no sense (a {@link UsageError}), 3 for any other error, 130 when interrupted.
 */
export async function runProgram<T>(program: Program<T>): Promise<void> {
  const interrupted = new AbortController();
  process.exitCode = await exitCodeOf(program, interrupted).catch((error: unknown) => {
    if (interrupted.signal.aborted) return interruptedExitCode;
    const { name } = program;
    if (error instanceof UsageError) {
      process.stderr.write(`${name}: ${error.message}\nnpm run ${name} -- --help lists the options\n`);
      return usageExitCode;
    }
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`${name}: ${text}\n`);
    return brokenExitCode;
  });
}

async function exitCodeOf<T>(program: Program<T>, interrupted: AbortController): Promise<number> {
  const { help, stopping } = program;
  const asked = program.read(process.argv.slice(2));
  if (asked === 'help') {
    process.stdout.write(help);
    return 0;
  }
  if (stopping !== undefined) {
    const interrupt = (): void => {
      if (interrupted.signal.aborted) process.exit(interruptedExitCode);
      process.stderr.write(`\n${stopping}; press Ctrl-C again to leave at once\n`);
      interrupted.abort();
    };
    process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  }
  return program.run(asked, interrupted.signal);
}
