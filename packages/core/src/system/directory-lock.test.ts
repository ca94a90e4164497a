import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { lockDirectory } from './directory-lock.js';

let directory: string;
beforeEach(async () => {
  directory = join(
    await mkdtemp(join(tmpdir(), 'holdfast-lock-')),
    'longer-than-a-socket-path-may-be-'.repeat(4),
  );
  await mkdir(directory);
});
afterEach(() => rm(join(directory, '..'), { recursive: true, force: true }));

const locked = async (): Promise<() => Promise<void>> => {
  const lock = await lockDirectory(directory);
  if ('holder' in lock) throw new Error(`held by ${lock.holder}`);
  return () => lock.release();
};

/** Returns the holder; retries when the holder does not respond within a second, as under load. */
async function heldBy(): Promise<string> {
  for (;;) {
    const lock = await lockDirectory(directory);
    if (!('holder' in lock)) throw new Error('nobody holds it');
    if (!lock.holder.includes('it does not respond')) return lock.holder;
  }
}

/**
 * A program that listens on the lock's socket as a holder does, and prints `holds` once it does.
 */
const holder = `
  const { createServer } = require('node:net');
  process.chdir(process.argv[1]);
  createServer((socket) => socket.end(process.pid + '\\n')).listen('lock.7', () => console.log('holds'));
`;

describe('lockDirectory', () => {
  it('has one holder, and names it', async () => {
    const release = await locked();
    expect(await heldBy()).toBe(`process ${process.pid}`);
    await release();
    await (
      await locked()
    )();
  });

  it('is released by a kill -9 of its holder', async () => {
    const child = spawn(process.execPath, ['-e', holder, directory], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    await new Promise((resolve) => child.stdout.once('data', resolve));
    expect(await heldBy()).toBe(`process ${child.pid}`);
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
    expect(await readdir(directory)).toEqual(['lock.7']);
    const release = await locked();
    expect(await readdir(directory)).toEqual(['lock.8']);
    await release();
  });

  it('removes leftovers of processes that were killed while taking it', async () => {
    const script = holder.replace("'lock.7'", "'lock-00000000-0000-0000-0000-000000000000'");
    const child = spawn(process.execPath, ['-e', script, directory], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    await new Promise((resolve) => child.stdout.once('data', resolve));
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
    const release = await locked();
    expect(await readdir(directory)).toEqual(['lock.1']);
    await release();
  });

  it('is won by exactly one of many concurrent attempts, in every round', async () => {
    for (let round = 0; round < 20; round++) {
      const all = await Promise.all(Array.from({ length: 8 }, () => lockDirectory(directory)));
      const won = all.filter((one) => 'release' in one);
      expect(won).toHaveLength(1);
      await won[0]?.release();
    }
    expect(await readdir(directory)).toEqual(['lock.20']);
  });

  it('does not keep the process alive', async () => {
    // Other resources, timers and files, come and go meanwhile.
    const sockets = (): string[] => process.getActiveResourcesInfo().filter((one) => /pipe/i.test(one));
    const before = sockets();
    const release = await locked();
    expect(sockets()).toEqual(before);
    await release();
  });
});
