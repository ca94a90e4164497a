/**
 * `npm run demo`: see `arguments.ts` for the options and `README.md` for how to read the result.
 */
import { runProgram } from '@holdfast/kafka/command-line';
import { help, parseArguments, type Choices } from './arguments.js';
import { playAll } from './demo.js';
import { closingWords } from './report/closing.js';
import { jsonLine } from './report/json.js';
import { Narrator } from './report/narrator.js';
import { renderTable } from './report/table.js';
import { exitCodeOf } from './verdict/result.js';

async function run(choices: Choices, interrupted: AbortSignal): Promise<number> {
  const { json } = choices;
  const results = await playAll(choices, new Narrator(process.stderr), interrupted, (some, cluster) => {
    if (json) for (const result of some) process.stdout.write(`${jsonLine(result, cluster.kind)}\n`);
  });
  const colours = process.stdout.isTTY && process.stdout.hasColors() && process.env['NO_COLOR'] === undefined;
  const words = `\n${renderTable(results, !json && colours)}\n${closingWords(results)}`;
  (json ? process.stderr : process.stdout).write(words);
  return exitCodeOf(results);
}

await runProgram({ name: 'demo', help, read: parseArguments, run, stopping: 'stopping the brokers' });
