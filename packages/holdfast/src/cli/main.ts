import { ProducerError } from '@holdfast/core';
import { isError } from '@holdfast/core/stage';
import { parse } from './arguments/parse.js';
import { UsageError } from './arguments/usage-error.js';
import { commands } from './commands.js';
import type { CliEnv } from './context.js';
import { exitCodes } from './exit-codes.js';
import { Interrupted } from './interrupted.js';
import { Output } from './terminal/output.js';
import { messageOf, printable } from './terminal/format.js';

/** The command `holdfast`. Resolves with the exit code, when all that it wrote is written. */
export async function main(argv: readonly string[], env: CliEnv): Promise<number> {
  const { stdout, stderr, signal } = env;
  // Who reads the words may go; the work goes on.
  stderr.on('error', () => undefined);
  const say = (line: string): void => void stderr.write(`holdfast: ${line}\n`);
  const output = new Output(stdout, signal);
  try {
    const parsed = parse(argv, commands, env.version);
    if ('run' in parsed) return await parsed.run({ ...env, output, say });
    await output.write(parsed.text);
    return exitCodes.ok.code;
  } catch (error) {
    if (error instanceof Interrupted) return exitCodes[error.signal].code;
    if (error instanceof UsageError) {
      for (const problem of error.problems) say(printable(problem));
      say('see holdfast --help, and holdfast <command> --help for the options of one');
      return exitCodes.usage.code;
    }
    say(adviceFor(error));
    return exitCodes.failed.code;
  }
}

function adviceFor(error: unknown): string {
  if (ProducerError.is(error)) {
    const advice = error.code === 'JOURNAL_KEY' ? '; here: give its keys with --keys <module>' : '';
    return `${printable(messageOf(error))}${advice}`;
  }
  // What the system says of a path is for the user; anything else is a bug, and where it is helps.
  if (!isError(error) || 'syscall' in error) return printable(messageOf(error));
  return error.stack ?? messageOf(error);
}
