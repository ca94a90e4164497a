import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { LedgerLine } from '../ledger/ledger-line.js';
import type { DiskFault } from '../victim/faulty-disk.js';
import type { Launcher } from '../victim/victim-process.js';
import type { SyscallFault } from './syscall-fault.js';

/** A way to inject a fault into the victim's nth call. */
export interface Way {
  readonly name: 'strace' | 'disk';
  /** `directory`: for the files of the injection itself. */
  prepare(fault: SyscallFault, nth: number, directory: string): Prepared;
}

export interface Prepared {
  readonly launcher: Launcher;
  readonly fault: DiskFault | undefined;
  /** Returns whether there was an nth call; valid once the victim is dead. */
  struck(life: readonly LedgerLine[]): Promise<boolean>;
}

/** Lets the kernel inject the fault: the process cannot tell it from a broken disk. */
export const straceWay: Way = {
  name: 'strace',
  prepare({ syscalls, effect, lasting }, nth, directory) {
    const trace = join(directory, 'strace');
    const what = effect === 'kill' ? 'signal=SIGKILL' : `error=${effect}`;
    const injection = `inject=${syscalls}:${what}:when=${nth}${lasting ? '+' : ''}`;
    // With the filter, strace stops the process at these calls alone, which is faster; but then
    // strace 6.1 delivers a signal at the first call or never.
    const filter = effect === 'kill' ? [] : ['--seccomp-bpf'];
    return {
      launcher: {
        command: ['strace', '-f', ...filter, '-qq', '-o', trace, '-e', `trace=${syscalls}`, '-e', injection],
        // strace counts the calls of each thread, so one thread makes them all.
        env: { UV_THREADPOOL_SIZE: '1' },
      },
      fault: undefined,
      struck: async () => /INJECTED|killed by SIGKILL/.test(await readFile(trace, 'utf8')),
    };
  },
};

/** Uses a faulty disk that the journal is given. */
export const diskWay: Way = {
  name: 'disk',
  prepare: ({ calls, effect, lasting }, nth) => ({
    launcher: {},
    fault: { calls, nth, since: 'start', effect: effect === 'kill' ? 'kill-before' : effect, lasting },
    struck: (life) => Promise.resolve(life.some(({ is }) => is === 'injected')),
  }),
};

const probeTimeoutMs = 60_000;
const probe = `require('node:fs').fdatasync(1, (error) => process.exit(error?.code === 'EIO' ? 0 : 1))`;

/** Returns why strace cannot be used here; `undefined` when it can. */
export async function whyNoStrace(): Promise<string | undefined> {
  const inject = ['-e', 'trace=fdatasync', '-e', 'inject=fdatasync:error=EIO'];
  const args = ['-f', '--seccomp-bpf', '-qq', '-o', '/dev/null', ...inject, process.execPath, '-e', probe];
  try {
    await promisify(execFile)('strace', args, { timeout: probeTimeoutMs });
    return undefined;
  } catch (error) {
    const words = error instanceof Error ? error.message.split('\n').slice(0, 2).join(' ') : String(error);
    return `strace does not inject here (${words})`;
  }
}
