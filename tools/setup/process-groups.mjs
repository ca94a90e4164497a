import { spawn } from 'node:child_process';
import { Socket } from 'node:net';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { onceOrphaned } from './orphaned.mjs';

const program = fileURLToPath(new URL('../kafka/watchdog.mjs', import.meta.url));

/** The running children, each the leader of a process group of its own. @type {Set<number>} */
const groups = new Set();

/** @type {import('node:child_process').ChildProcess | undefined} */
let watchdog;

/** @param {number} pid */
export function killGroup(pid) {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It is already gone.
  }
}

/**
 * Starts the process that ends the groups when this one is gone, as kill -9 runs no handler. It
 * starts before the first child, so that no child is ever without it.
 */
export function startWatchdog() {
  if (watchdog !== undefined && watchdog.exitCode === null && watchdog.signalCode === null) return;
  watchdog = spawn(process.execPath, [program], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    // A test run identifies its leftovers by their environment; this one lives as long as the run
    // itself.
    env: {},
  });
  watchdog.on('error', () => {});
  watchdog.stdin?.on('error', () => {});
  watchdog.unref();
  if (watchdog.stdin instanceof Socket) watchdog.stdin.unref();
  for (const group of groups) tell({ group });
}

/** @param {{ group: number } | { ended: number } | { watch: { pid: number, marker: string } }} message */
const tell = (message) => watchdog?.stdin?.write(`${JSON.stringify(message)}\n`);

/**
 * From here on the group ends with this process, however that ends.
 *
 * @param {number} pid of its leader
 */
export function watchGroup(pid) {
  groups.add(pid);
  tell({ group: pid });
}

/** @param {number} pid */
export function forgetGroup(pid) {
  groups.delete(pid);
  tell({ ended: pid });
}

/**
 * From here on a process that leads no group ends with this one when that is killed.
 *
 * @param {number} pid
 * @param {string} marker a text on its command line: ids are used again
 */
export const watchProcess = (pid, marker) => tell({ watch: { pid, marker } });

/**
 * Ends every child, and what it started, before this process has ended, so that the next command
 * does not meet them, until the returned function is called. For a command's entry point.
 */
export function dieWithChildren() {
  const onExit = () => groups.forEach(killGroup);
  /** @param {NodeJS.Signals} signal */
  const onSignal = (signal) => process.exit(128 + constants.signals[signal]);
  const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
  process.on('exit', onExit);
  for (const signal of signals) process.on(signal, onSignal);
  const stopLooking = onceOrphaned(() => onSignal('SIGTERM'));
  return () => {
    stopLooking();
    process.off('exit', onExit);
    for (const signal of signals) process.off(signal, onSignal);
  };
}
