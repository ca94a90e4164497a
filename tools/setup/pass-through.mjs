import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { onceOrphaned } from './orphaned.mjs';
import { startWatchdog, watchProcess } from './process-groups.mjs';

/**
 * Runs a script in a process of its own as if it had been called directly: arguments, signals,
 * terminal and exit code pass through. kill -9 cannot be passed on: the script is then killed too.
 *
 * @param {string} script
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 */
export function passThrough(script, args, env) {
  startWatchdog();
  const child = spawn(process.execPath, ['--enable-source-maps', script, ...args], { stdio: 'inherit', env });
  if (child.pid !== undefined) watchProcess(child.pid, script);
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => {
      // A terminal sends Ctrl-C to the child itself; passing it on would send it twice.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  onceOrphaned(() => child.kill('SIGTERM'));
  child.on('error', (error) => {
    process.stderr.write(`${script} could not be started: ${error.message}\n`);
    process.exitCode = 1;
  });
  child.on('close', (code, signal) => {
    process.exitCode = code ?? 128 + (signal ? constants.signals[signal] : 0);
  });
}
