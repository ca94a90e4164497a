import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { processState, reaches } from './processes.js';
import { waitUntil } from './wait.js';

const WATCHDOG = fileURLToPath(new URL('../watchdog.mjs', import.meta.url));
const WAIT_MS = 8_000;

async function setUp() {
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-guard-'));
  await writeFile(join(directory, 'data'), 'x');
  const marker = join(directory, 'broker-1.properties');
  const broker = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)', marker], { stdio: 'ignore' });
  await once(broker, 'spawn');
  const watchdog = spawn(process.execPath, [WATCHDOG], { stdio: ['pipe', 'ignore', 'ignore'] });
  onTestFinished(async () => {
    broker.kill('SIGKILL');
    watchdog.kill('SIGKILL');
    await rm(directory, { recursive: true, force: true });
  });
  const pid = broker.pid ?? 0;
  const tell = (message: object): void => void watchdog.stdin.write(`${JSON.stringify(message)}\n`);
  tell({ directory });
  tell({ watch: { pid, marker, directory } });
  return { directory, marker, pid, watchdog, tell };
}

describe('the watchdog', () => {
  it('kills what is left, even paused processes, and removes the data when its owner is gone', async () => {
    const { directory, marker, pid, watchdog } = await setUp();
    process.kill(pid, 'SIGSTOP');
    expect(await reaches(pid, marker, 'paused', WAIT_MS)).toBe(true);
    watchdog.stdin.end();
    expect(await reaches(pid, marker, 'gone', WAIT_MS)).toBe(true);
    const deadline = performance.now() + WAIT_MS;
    await waitUntil(
      () => Promise.resolve(!existsSync(directory)),
      deadline,
      10,
      () => new Error('data is still there'),
    );
  });

  it('leaves released processes alone', async () => {
    const { directory, marker, pid, watchdog, tell } = await setUp();
    tell({ release: directory });
    watchdog.stdin.end();
    await once(watchdog, 'exit');
    expect(processState(pid, marker)).toBe('running');
    expect(existsSync(directory)).toBe(true);
  });

  it('leaves alone a different process with the same id', async () => {
    const { pid, marker, watchdog, directory, tell } = await setUp();
    tell({ release: directory });
    tell({ watch: { pid, marker: 'of a process that ended long ago', directory } });
    watchdog.stdin.end();
    await once(watchdog, 'exit');
    expect(processState(pid, marker)).toBe('running');
  });
});
