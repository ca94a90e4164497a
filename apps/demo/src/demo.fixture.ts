import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Act } from './names.js';

/** The build, which is what users run. */
const program = fileURLToPath(new URL('../dist/main.js', import.meta.url));

export type Demo = ChildProcessByStdio<null, Readable, Readable>;

export const demo = (argv: readonly string[], env: NodeJS.ProcessEnv = {}): Demo =>
  spawn(process.execPath, [program, ...argv], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });

/** Resolves with its output and its exit code. */
export async function ended(child: Demo) {
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (chunk: Buffer) => (output[name] += chunk.toString()));
  }
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { ...output, code };
}

export interface ResultLine {
  readonly [field: string]: unknown;
}

/** Returns the lines of `--json`. */
export function resultsIn(stdout: string): ResultLine[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line))
    .map((one) => ({ ...(typeof one === 'object' ? one : {}) }));
}

const always = {
  ...{ acknowledgedButLost: 0, outOfOrder: 0, unexplainedDuplicates: 0, foreign: 0 },
  ...{ unaccounted: 0, breaches: [], uncaught: [] },
};

/**
 * Checks each result of Holdfast. It promised nothing for records that had no answer when their
 * service was killed.
 */
export const promised = (act: Act): object =>
  act === 'kill' ? { ...always, rejected: 0 } : { ...always, lost: 0, unanswered: 0 };
