import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The build, which is what users run. */
const program = fileURLToPath(new URL('../dist/main.js', import.meta.url));

/** Runs `npm run chaos -- <words>`. Resolves with its output and how it ended. */
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

/** The JSON objects of `--json`, one per line. */
export function results(stdout: string): { readonly [field: string]: unknown }[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line))
    .filter((one) => typeof one === 'object' && one !== null)
    .map((one) => ({ ...one }));
}

/** The sum of a field that is a number in all of them. */
export const sumOf = (all: readonly { readonly [field: string]: unknown }[], field: string): number =>
  all.reduce((sum, one) => sum + Number(one[field]), 0);

/** The clients that were tried in each mode, one for each round of `kills`. */
export const pairsOf = (rounds: readonly { readonly [field: string]: unknown }[]): string[] =>
  rounds.map(({ client, acknowledge }) => `${String(client)} ${String(acknowledge)}`).sort();

export const everyPair = [
  'confluent delivered',
  'confluent journaled',
  'kafkajs delivered',
  'kafkajs journaled',
];
