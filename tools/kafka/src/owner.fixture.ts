import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { BrokerStatus } from './index.js';
import { processState } from './processes.js';
import { waitUntil } from './wait.js';

const BUILT = fileURLToPath(new URL('../dist/index.js', import.meta.url));
const CLEAN_UP_MS = 60_000;

/** A program that starts a broker, reports it, and continues with `then`. */
const program = (then: string): string => `
  const { startKafka } = await import(${JSON.stringify(BUILT)});
  const cluster = await startKafka({ brokers: 1, kind: 'java' });
  const say = () => console.log(JSON.stringify({ status: cluster.status(), directory: cluster.dataDirectory }));
  ${then}`;

async function start(then: string) {
  const owner = spawn(process.execPath, ['--input-type=module', '-e', program(then)], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  for await (const line of createInterface({ input: owner.stdout })) {
    const { status, directory } = JSON.parse(line) as { status: BrokerStatus[]; directory: string };
    return { owner, pid: status[0]?.pid ?? 0, directory };
  }
  throw new Error(`the owner said nothing; is ${BUILT} built (npm run build)?`);
}

/**
 * Checks that neither the broker nor its data outlive their owner, which is sent `end`, or ends by
 * itself.
 */
export async function takesAllAlong(
  _how: string,
  then: string,
  end: NodeJS.Signals | undefined,
): Promise<void> {
  const { owner, pid, directory } = await start(then);
  expect(pid).toBeGreaterThan(0);
  const exit = once(owner, 'exit');
  if (end !== undefined) owner.kill(end);
  await exit;
  const clean = (): Promise<boolean> =>
    Promise.resolve(processState(pid, directory) === 'gone' && !existsSync(directory));
  const late = (): Error => new Error(`${pid} or ${directory} is left`);
  await waitUntil(clean, performance.now() + CLEAN_UP_MS, 20, late);
}
