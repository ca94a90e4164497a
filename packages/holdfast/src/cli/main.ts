import { ProducerError } from '@holdfast/core';
import { isError } from '@holdfast/core/stage';
import { parse } from './arguments/parse.js';
import { commands } from './commands.js';
import type { CliEnv } from './context.js';
import { Interrupted, UsageError } from './errors.js';
import { exitCodes } from './exit-codes.js';
import { messageOf, printable } from './terminal/format.js';
import { Output } from './terminal/output.js';

/** Runs the command `holdfast`. Resolves with the exit code once all output is written. */
export async function main(argv: readonly string[], env: CliEnv): Promise<number> {
  const { stdout, stderr, signal } = env;
  // The reader of stderr may go away. The work continues.
  stderr.on('error', () => undefined);
  const log = (line: string): void => void stderr.write(`holdfast: ${line}\n`);
  const output = new Output(stdout, signal);
  try {
    const parsed = parse(argv, commands, env.version);
    if ('run' in parsed) return await parsed.run({ ...env, output, log });
    await output.write(parsed.text);
    return exitCodes.ok.code;
  } catch (error) {
    if (error instanceof Interrupted) return exitCodes[error.signal].code;
    if (error instanceof UsageError) {
      for (const problem of error.problems) log(printable(problem));
      log('see holdfast --help, and holdfast <command> --help for its options');
      return exitCodes.usage.code;
    }
    log(textOf(error));
    return exitCodes.failed.code;
  }
}

function textOf(error: unknown): string {
  if (ProducerError.is(error)) {
    const advice = error.code === 'JOURNAL_KEY' ? '; here: give its keys with --keys <module>' : '';
    return `${printable(messageOf(error))}${advice}`;
  }
  // A system error about a path is for the user. Anything else is a bug, whose stack helps.
  if (!isError(error) || 'syscall' in error) return printable(messageOf(error));
  return error.stack ?? messageOf(error);
}
