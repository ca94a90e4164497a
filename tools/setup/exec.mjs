import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/** @typedef {{ code: number, output: string, timedOut: boolean }} Finished */

/** How long output is waited for after a program's end. */
const stragglerMs = 5_000;

/** The children at work, each the leader of a process group of its own. @type {Set<number>} */
const groups = new Set();

/** @param {number} pid @param {NodeJS.Signals} signal */
function killGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch {
    // It is gone already.
  }
}

/**
 * Ends every child, and what it started, with this process, until the returned function is called. For a command's
 * entry.
 */
export function dieWithChildren() {
  const onExit = () => groups.forEach((pid) => killGroup(pid, 'SIGKILL'));
  /** @param {NodeJS.Signals} signal */
  const onSignal = (signal) => {
    groups.forEach((pid) => killGroup(pid, signal));
    process.exit(128 + constants.signals[signal]);
  };
  const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
  process.on('exit', onExit);
  for (const signal of signals) process.on(signal, onSignal);
  return () => {
    process.off('exit', onExit);
    for (const signal of signals) process.off(signal, onSignal);
  };
}

/**
 * Runs a program to its end and keeps its output. Never rejects: a program that cannot be started finishes with
 * code 127, as in a shell, and one that takes longer than `timeoutMs` is killed with everything it started.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {object} [options]
 * @param {string} [options.cwd]
 * @param {NodeJS.ProcessEnv} [options.env] on top of this process's own
 * @param {number} [options.timeoutMs] 60,000 unless given
 * @param {string} [options.input]
 * @param {(line: string) => void} [options.onLine] hears each line of output as it comes
 * @returns {Promise<Finished>}
 */
export function exec(program, args, { cwd, env, timeoutMs = 60_000, input, onLine } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      detached: true,
    });
    const pid = child.pid;
    if (pid !== undefined) groups.add(pid);
    let output = '';
    let timedOut = false;
    /** @type {NodeJS.Timeout | undefined} */
    let straggler;
    const timer = setTimeout(() => {
      timedOut = true;
      if (pid !== undefined) killGroup(pid, 'SIGKILL');
    }, timeoutMs);
    /** @param {string} text */
    const hear = (text) => {
      output += text;
      if (onLine) for (const line of text.split('\n')) if (line.trim()) onLine(line.trim());
    };
    child.stdout?.setEncoding('utf8').on('data', hear);
    child.stderr?.setEncoding('utf8').on('data', hear);
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
    /** @param {number} code */
    const finish = (code) => {
      clearTimeout(timer);
      clearTimeout(straggler);
      if (pid !== undefined) groups.delete(pid);
      resolve({ code, output, timedOut });
    };
    child.on('error', (error) => {
      output += error.message;
      finish(127);
    });
    child.on('exit', () => {
      // A grandchild may keep the pipes open for as long as it lives.
      straggler = setTimeout(() => {
        if (pid !== undefined) killGroup(pid, 'SIGKILL');
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, stragglerMs);
    });
    child.on('close', (code, signal) => finish(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  });
}

/** The last lines of what a failed program said, indented, for a person to read. @param {string} output */
export const tail = (output, lines = 12) =>
  output
    .trimEnd()
    .split('\n')
    .slice(-lines)
    .map((line) => `    ${line}`)
    .join('\n');
