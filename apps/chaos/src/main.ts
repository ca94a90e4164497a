/** `npm run chaos`: see `arguments.ts` for the options and `README.md` for what is tried. */
import { runProgram } from '@holdfast/kafka/command-line';
import { seedFrom } from '@holdfast/testing';
import {
  help,
  parseArguments,
  type Choices,
  type EnduranceChoices,
  type KillsChoices,
  type OutagesChoices,
  type SyscallsChoices,
} from './arguments.js';
import { enduranceReport } from './endurance/endurance-report.js';
import { endure } from './endurance/endurance.js';
import { killsLine, killsReport } from './kills/kills-report.js';
import { playKills } from './kills/kills.js';
import { isKept, outagesReport } from './outages/outages-report.js';
import { playOutages } from './outages/outages.js';
import { playSyscalls } from './syscalls/syscalls.js';
import { isProved, syscallsReport } from './syscalls/syscalls-report.js';

const began = performance.now();

const say = (line: string): void => {
  const time = `${((performance.now() - began) / 1_000).toFixed(1).padStart(6)} s  `;
  process.stderr.write(`${time}${line}\n`);
};

/** Writes a line of JSON with `--json`, and nothing otherwise. */
const jsonLine =
  ({ json }: Choices) =>
  (line: string): void =>
    void (json && process.stdout.write(`${line}\n`));

/** Writes the summary at the end: to stdout, unless JSON is there. */
const conclude = ({ json }: Choices, text: string): void =>
  void (json ? process.stderr : process.stdout).write(`\n${text}`);

/** Resolves with whether every promise was kept. */
function run(choices: Choices, signal: AbortSignal): Promise<boolean> {
  switch (choices.command) {
    case 'kills':
      return kills(choices, signal);
    case 'endurance':
      return endurance(choices, signal);
    case 'syscalls':
      return syscalls(choices, signal);
    case 'outages':
      return outages(choices, signal);
  }
}

async function kills(choices: KillsChoices, signal: AbortSignal): Promise<boolean> {
  const seed = choices.seed ?? seedFrom();
  const write = jsonLine(choices);
  const results = await playKills(choices, {
    seed,
    say,
    signal,
    heard: (result) => write(killsLine(result, seed)),
  });
  conclude(choices, killsReport(results, seed));
  return results.every(({ verdict }) => verdict.violations.length === 0);
}

async function endurance(choices: EnduranceChoices, signal: AbortSignal): Promise<boolean> {
  const result = await endure(choices, { say, signal });
  jsonLine(choices)(JSON.stringify({ command: 'endurance', ...result }));
  conclude(choices, enduranceReport(result));
  return result.problems.length === 0;
}

async function syscalls(choices: SyscallsChoices, signal: AbortSignal): Promise<boolean> {
  const write = jsonLine(choices);
  const results = await playSyscalls(choices, {
    say,
    signal,
    heard: (result) => write(JSON.stringify({ command: 'syscalls', ...result })),
  });
  conclude(choices, syscallsReport(results));
  return results.every(isProved);
}

async function outages(choices: OutagesChoices, signal: AbortSignal): Promise<boolean> {
  const write = jsonLine(choices);
  const results = await playOutages(choices, {
    say,
    signal,
    heard: (result) => write(JSON.stringify({ command: 'outages', ...result })),
  });
  conclude(choices, outagesReport(results));
  return results.every(isKept);
}

await runProgram({
  name: 'chaos',
  help,
  read: parseArguments,
  run: async (choices: Choices, interrupted) => ((await run(choices, interrupted)) ? 0 : 1),
  stopping: 'stopping what was started',
});
