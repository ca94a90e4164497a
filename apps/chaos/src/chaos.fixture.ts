import { execFile, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const program = fileURLToPath(new URL('../dist/main.js', import.meta.url));

/** What users run is the build. */
export async function build(): Promise<void> {
  await promisify(execFile)(process.execPath, ['node_modules/typescript/bin/tsc', '-b', 'apps/chaos'], {
    cwd: root,
  });
}

/** Runs `npm run chaos -- <words>`: what it said, and how it ended. */
export async function chaos(words: string) {
  const child = spawn(process.execPath, [program, ...words.split(' ')], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (chunk: Buffer) => (output[name] += chunk.toString()));
  }
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { ...output, code };
}

/** The JSON objects of `--json`, one a line. */
export function results(stdout: string): { readonly [field: string]: unknown }[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line))
    .filter((one) => typeof one === 'object' && one !== null)
    .map((one) => ({ ...one }));
}

/** Of a field that is a number in all of them. */
export const sumOf = (all: readonly { readonly [field: string]: unknown }[], field: string): number =>
  all.reduce((sum, one) => sum + Number(one[field]), 0);
