import { spawn, type ChildProcess } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import { processState, reaches, signal, spawned } from './processes.js';

const MARKER = 'a-text-that-no-other-process-has';
const children: ChildProcess[] = [];

async function start(): Promise<number> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)', MARKER]);
  children.push(child);
  await spawned(child, MARKER);
  if (child.pid === undefined) throw new Error('no process id');
  return child.pid;
}

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

describe('processes', () => {
  it('run, pause, run again and are gone', async () => {
    const pid = await start();
    expect(processState(pid, MARKER)).toBe('running');
    signal(pid, MARKER, 'SIGSTOP');
    expect(await reaches(pid, MARKER, 'paused', 5_000)).toBe(true);
    signal(pid, MARKER, 'SIGCONT');
    expect(await reaches(pid, MARKER, 'running', 5_000)).toBe(true);
    signal(pid, MARKER, 'SIGKILL');
    expect(await reaches(pid, MARKER, 'gone', 5_000)).toBe(true);
    signal(pid, MARKER, 'SIGKILL');
  });

  it('with a different command line count as gone, and are not touched', async () => {
    const pid = await start();
    signal(pid, 'another marker', 'SIGKILL');
    expect(processState(pid, 'another marker')).toBe('gone');
    expect(processState(pid, MARKER)).toBe('running');
  });

  it('that end at once are not waited for', async () => {
    const child = spawn(process.execPath, ['--no-such-option', MARKER], { stdio: 'ignore' });
    await spawned(child, MARKER);
    expect(await reaches(child.pid ?? 0, MARKER, 'gone', 5_000)).toBe(true);
  });

  it('may take longer than the timeout', async () => {
    expect(await reaches(await start(), MARKER, 'gone', 0)).toBe(false);
  });
});
