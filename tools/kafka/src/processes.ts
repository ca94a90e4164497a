import { execFileSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export type ProcessState = 'running' | 'paused' | 'gone';

/**
 * Returns the state of a process. `marker` is a text that its command line has to contain: the
 * system reuses process ids, and no other process may be killed.
 */
export function processState(pid: number, marker: string): ProcessState {
  return process.platform === 'linux' ? fromProc(pid, marker) : fromPs(pid, marker);
}

/** Sends the signal if the process is still the one that is meant. */
export function signal(pid: number, marker: string, name: NodeJS.Signals): void {
  if (processState(pid, marker) === 'gone') return;
  try {
    process.kill(pid, name);
  } catch (error) {
    if (processState(pid, marker) !== 'gone') throw error;
  }
}

/**
 * Resolves when a spawned process can be identified, or has ended: Linux shows the command line of
 * its program a moment after Node.js reports the spawn, and until then it would count as gone.
 */
export async function spawned(child: ChildProcess, marker: string): Promise<void> {
  await once(child, 'spawn');
  const { pid } = child;
  while (pid !== undefined && child.exitCode === null && child.signalCode === null) {
    if (processState(pid, marker) !== 'gone') return;
    await sleep(1);
  }
}

/** Resolves with whether the process reached the state within `timeoutMs`. */
export async function reaches(
  pid: number,
  marker: string,
  state: ProcessState,
  timeoutMs: number,
): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (processState(pid, marker) !== state) {
    if (performance.now() > deadline) return false;
    await sleep(5);
  }
  return true;
}

function fromProc(pid: number, marker: string): ProcessState {
  try {
    if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(marker)) return 'gone';
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return fromLetter(stat.charAt(stat.lastIndexOf(')') + 2));
  } catch {
    return 'gone';
  }
}

function fromPs(pid: number, marker: string): ProcessState {
  try {
    const line = execFileSync('ps', ['-ww', '-o', 'stat=,command=', '-p', String(pid)], { encoding: 'utf8' });
    return line.includes(marker) ? fromLetter(line.trim().charAt(0)) : 'gone';
  } catch {
    return 'gone';
  }
}

function fromLetter(letter: string): ProcessState {
  if (letter === 'T' || letter === 't') return 'paused';
  return letter === 'Z' || letter === 'X' ? 'gone' : 'running';
}
