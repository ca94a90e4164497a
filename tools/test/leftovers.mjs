import fs from 'node:fs';
import { result } from './check.mjs';

/** Every process that a test run starts inherits this, however it detaches itself. */
const variable = 'HOLDFAST_TEST_RUN';

export function markThisRun() {
  process.env[variable] = `${process.pid}-${Date.now()}`;
}

/**
 * Returns the live processes of this run except this one, each with its command line. Linux only:
 * elsewhere none.
 */
function others() {
  const mark = `${variable}=${process.env[variable]}`;
  /** @type {{ pid: number, command: string }[]} */
  const found = [];
  for (const name of fs.existsSync('/proc/self/environ') ? fs.readdirSync('/proc') : []) {
    const pid = Number(name);
    if (!pid || pid === process.pid) continue;
    try {
      if (!fs.readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(mark)) continue;
      found.push({ pid, command: fs.readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ') });
    } catch {
      // It has ended, or belongs to another user.
    }
  }
  return found;
}

/** @param {number} pid */
function end(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has just ended.
  }
}

/**
 * Checks that nothing that the run started is still alive, and ends what is.
 *
 * @param {number} [graceMs] 15 s unless given: a broker that is being stopped, or whose guard has just seen its test
 *   end, needs some
 */
export async function findLeftovers(graceMs = 15_000) {
  const begun = performance.now();
  while (others().length > 0 && performance.now() - begun < graceMs) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const left = others();
  for (const { pid } of left) end(pid);
  if (left.length === 0) return result({ passed: 1 });
  const lines = left.map(({ pid, command }) => `still alive, now killed: ${pid} ${command.slice(0, 200)}\n`);
  return result({ failed: 1, output: lines.join('') });
}

/** @type {import('./check.mjs').Check} */
export const leftovers = {
  name: 'leftovers',
  does: 'no process outlived the run',
  run: () => findLeftovers(),
};
