import { spawn, type ChildProcess } from 'node:child_process';
import { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { signal } from './processes.js';

const WATCHDOG = fileURLToPath(new URL('../watchdog.mjs', import.meta.url));

interface Watched {
  readonly pid: number;
  readonly marker: string;
}

/**
 * Ensures that processes and their directory do not outlive this process. On a normal exit it ends
 * them itself; for every other end (kill -9, a signal without handler, a crash) one watchdog
 * process does, for all guards.
 */
export class Guard {
  readonly #directory: string;
  readonly #watched: Watched[] = [];
  readonly #onExit = (): void => {
    for (const { pid, marker } of this.#watched) signal(pid, marker, 'SIGKILL');
  };

  /** `command` is an additional action of the watchdog: a program and its arguments. */
  constructor(directory: string, command?: readonly string[]) {
    this.#directory = directory;
    tell({ directory, command });
    process.once('exit', this.#onExit);
  }

  /** `marker` is a text on the command line of that process and no other. */
  watch(pid: number, marker: string): void {
    this.#watched.push({ pid, marker });
    tell({ watch: { pid, marker, directory: this.#directory } });
  }

  /** From here on the processes and the directory may stay. */
  release(): void {
    process.removeListener('exit', this.#onExit);
    this.#watched.length = 0;
    tell({ release: this.#directory });
  }
}

let watchdog: ChildProcess | undefined;

function tell(message: object): void {
  if (watchdog === undefined || watchdog.exitCode !== null || watchdog.signalCode !== null) {
    watchdog = startWatchdog();
  }
  watchdog.stdin?.write(`${JSON.stringify(message)}\n`);
}

function startWatchdog(): ChildProcess {
  const child = spawn(process.execPath, [WATCHDOG], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  child.on('error', () => undefined); // the exit handlers still run
  child.stdin?.on('error', () => undefined);
  child.unref();
  if (child.stdin instanceof Socket) child.stdin.unref();
  return child;
}
