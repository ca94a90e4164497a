import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { forgetGroup, killGroup, startWatchdog, watchGroup } from './process-groups.mjs';

/** @typedef {{ code: number, output: string, timedOut: boolean }} Finished */

/** How long to wait for output after a program's end. */
const stragglerMs = 5_000;

/**
 * Runs a program to its end and keeps its output. Never rejects: a program that cannot be started
 * finishes with code 127, as in a shell, and one that takes longer than `timeoutMs` is killed with
 * everything it started. So is one whose owner, this process, ends first, even by kill -9.
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
    startWatchdog();
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      detached: true,
    });
    const pid = child.pid;
    if (pid !== undefined) watchGroup(pid);
    let output = '';
    let timedOut = false;
    /** @type {NodeJS.Timeout | undefined} */
    let straggler;
    const timer = setTimeout(() => {
      timedOut = true;
      if (pid !== undefined) killGroup(pid);
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
      if (pid !== undefined) forgetGroup(pid);
      resolve({ code, output, timedOut });
    };
    child.on('error', (error) => {
      output += error.message;
      finish(127);
    });
    child.on('exit', () => {
      // A grandchild may keep the pipes open for as long as it lives.
      straggler = setTimeout(() => {
        if (pid !== undefined) killGroup(pid);
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, stragglerMs);
    });
    child.on('close', (code, signal) => finish(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  });
}

/**
 * Returns the last lines of a failed program's output, indented, for a person to read.
 *
 * @param {string} output
 */
export const tail = (output, lines = 12) =>
  output
    .trimEnd()
    .split('\n')
    .slice(-lines)
    .map((line) => `    ${line}`)
    .join('\n');
