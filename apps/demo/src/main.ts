/** `npm run demo`: see `help.ts` for the options and `README.md` for how to read the result. */
import { parseArguments, type Choices } from './arguments.js';
import { playAll } from './demo.js';
import { help } from './help.js';
import { closingWords } from './report/closing.js';
import { jsonLine } from './report/json.js';
import { Narrator } from './report/narrator.js';
import { renderTable } from './report/table.js';
import { UsageError } from './usage-error.js';
import { exitCodeOf } from './verdict/result.js';

const usageExitCode = 2;
const brokenExitCode = 3;
/** As a shell says of a process that SIGINT ended: 128 + 2. */
const interruptedExitCode = 130;

const interrupted = new AbortController();

function interrupt(): void {
  if (interrupted.signal.aborted) process.exit(interruptedExitCode);
  process.stderr.write('\nstopping the brokers; once more to leave at once\n');
  interrupted.abort();
}

async function run(choices: Choices): Promise<number> {
  const { json } = choices;
  const results = await playAll(
    choices,
    new Narrator(process.stderr),
    interrupted.signal,
    (some, cluster) => {
      if (json) for (const result of some) process.stdout.write(`${jsonLine(result, cluster.kind)}\n`);
    },
  );
  const colours = process.stdout.isTTY && process.stdout.hasColors() && process.env['NO_COLOR'] === undefined;
  const words = `\n${renderTable(results, !json && colours)}\n${closingWords(results)}`;
  (json ? process.stderr : process.stdout).write(words);
  return exitCodeOf(results);
}

async function main(): Promise<number> {
  try {
    const choices = parseArguments(process.argv.slice(2));
    if (choices === 'help') {
      process.stdout.write(help);
      return 0;
    }
    process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
    return await run(choices);
  } catch (error) {
    if (interrupted.signal.aborted) return interruptedExitCode;
    if (error instanceof UsageError) {
      process.stderr.write(`demo: ${error.message}\nnpm run demo -- --help lists the options\n`);
      return usageExitCode;
    }
    process.stderr.write(
      `demo: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    return brokenExitCode;
  }
}

process.exitCode = await main();
