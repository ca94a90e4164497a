/** `npm run chaos`: see `help.ts` for the options and `README.md` for what is tried. */
import { seedFrom } from '@holdfast/testing';
import {
  parseArguments,
  type Choices,
  type EnduranceChoices,
  type KillsChoices,
  type OutagesChoices,
  type SyscallsChoices,
} from './arguments.js';
import { enduranceReport } from './endurance/endurance-report.js';
import { endure } from './endurance/endurance.js';
import { help } from './help.js';
import { killsLine, killsReport } from './kills/kills-report.js';
import { playKills } from './kills/kills.js';
import { isKept, outagesReport } from './outages/outages-report.js';
import { playOutages } from './outages/outages.js';
import { playSyscalls } from './syscalls/syscalls.js';
import { isProved, syscallsReport } from './syscalls/syscalls-report.js';
import { UsageError } from './usage-error.js';

const usageExitCode = 2;
const brokenExitCode = 3;
/** As a shell says of a process that SIGINT ended: 128 + 2. */
const interruptedExitCode = 130;

const interrupted = new AbortController();
const began = performance.now();

const say = (line: string): void => {
  const time = `${((performance.now() - began) / 1_000).toFixed(1).padStart(6)} s  `;
  process.stderr.write(`${time}${line}\n`);
};

function interrupt(): void {
  if (interrupted.signal.aborted) process.exit(interruptedExitCode);
  process.stderr.write('\nstopping what was started; once more to leave at once\n');
  interrupted.abort();
}

/** A line of JSON when that is asked for, else nothing. */
const jsonLine =
  ({ json }: Choices) =>
  (line: string): void =>
    void (json && process.stdout.write(`${line}\n`));

/** The words at the end: on stdout unless JSON is there. */
const conclude = ({ json }: Choices, text: string): void =>
  void (json ? process.stderr : process.stdout).write(`\n${text}`);

/** Answers whether every promise was kept. */
function run(choices: Choices): Promise<boolean> {
  switch (choices.command) {
    case 'kills':
      return kills(choices);
    case 'endurance':
      return endurance(choices);
    case 'syscalls':
      return syscalls(choices);
    case 'outages':
      return outages(choices);
  }
}

async function kills(choices: KillsChoices): Promise<boolean> {
  const seed = choices.seed ?? seedFrom();
  const write = jsonLine(choices);
  const results = await playKills(choices, {
    seed,
    say,
    signal: interrupted.signal,
    heard: (result) => write(killsLine(result, seed)),
  });
  conclude(choices, killsReport(results, seed));
  return results.every(({ verdict }) => verdict.violations.length === 0);
}

async function endurance(choices: EnduranceChoices): Promise<boolean> {
  const result = await endure(choices, { say, signal: interrupted.signal });
  jsonLine(choices)(JSON.stringify({ command: 'endurance', ...result }));
  conclude(choices, enduranceReport(result));
  return result.problems.length === 0;
}

async function syscalls(choices: SyscallsChoices): Promise<boolean> {
  const write = jsonLine(choices);
  const results = await playSyscalls(choices, {
    say,
    signal: interrupted.signal,
    heard: (result) => write(JSON.stringify({ command: 'syscalls', ...result })),
  });
  conclude(choices, syscallsReport(results));
  return results.every(isProved);
}

async function outages(choices: OutagesChoices): Promise<boolean> {
  const write = jsonLine(choices);
  const results = await playOutages(choices, {
    say,
    signal: interrupted.signal,
    heard: (result) => write(JSON.stringify({ command: 'outages', ...result })),
  });
  conclude(choices, outagesReport(results));
  return results.every(isKept);
}

async function main(): Promise<number> {
  try {
    const choices = parseArguments(process.argv.slice(2));
    if (choices === 'help') {
      process.stdout.write(help);
      return 0;
    }
    process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
    return (await run(choices)) ? 0 : 1;
  } catch (error) {
    if (interrupted.signal.aborted) return interruptedExitCode;
    if (error instanceof UsageError) {
      process.stderr.write(`chaos: ${error.message}\nnpm run chaos -- --help lists the options\n`);
      return usageExitCode;
    }
    process.stderr.write(
      `chaos: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    return brokenExitCode;
  }
}

process.exitCode = await main();
