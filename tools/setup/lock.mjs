import fs from 'node:fs';
import path from 'node:path';

const pollMs = 200;

/** @param {number} pid */
function alive(pid) {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    // EPERM: it is alive, and belongs to another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/**
 * Returns whether it has ended and its parent has not collected it. In a container it can stay so
 * forever.
 *
 * @param {number} pid
 */
function isZombie(pid) {
  try {
    return /\) Z /.test(fs.readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/**
 * Returns the process that `file` names: `undefined` without a file, NaN when the file is empty.
 *
 * @param {string} file
 */
function holder(file) {
  try {
    return Number.parseInt(fs.readFileSync(file, 'utf8'), 10);
  } catch {
    return undefined;
  }
}

/**
 * Takes the lock away from a dead process.
 *
 * @param {string} file
 * @param {number} dead
 */
function breakLock(file, dead) {
  // Renaming lets one of several waiting processes win; one that took a live lock by mistake gives
  // it back.
  const aside = `${file}.${process.pid}.stale`;
  try {
    fs.renameSync(file, aside);
    if (Object.is(holder(aside), dead)) fs.rmSync(aside);
    else fs.renameSync(aside, file);
  } catch {
    // Another process was faster.
  }
}

/** @param {string} file */
function tryLock(file) {
  const draft = `${file}.${process.pid}`;
  fs.writeFileSync(draft, `${process.pid}\n`);
  try {
    // A link appears with its content; a file that is opened and then written is empty for a
    // moment.
    fs.linkSync(draft, file);
    return true;
  } catch {
    return false;
  } finally {
    fs.rmSync(draft, { force: true });
  }
}

/**
 * Runs `work` while no other process runs work under the same lock. Takes over a lock whose process
 * has died, or that is empty.
 *
 * @template T
 * @param {() => Promise<T>} work
 * @param {object} options
 * @param {string} options.file the lock
 * @param {number} [options.waitMs] how long to wait for it before an error: 20 minutes unless given
 * @param {(pid: number) => void} [options.onWait] called once when another process holds it
 * @returns {Promise<T>}
 */
export async function locked(work, { file, waitMs = 20 * 60_000, onWait }) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const begun = performance.now();
  let told = false;
  while (!tryLock(file)) {
    const pid = holder(file);
    if (pid === undefined) continue;
    if (Number.isNaN(pid) || !alive(pid)) {
      breakLock(file, pid);
      continue;
    }
    if (performance.now() - begun >= waitMs) {
      throw new Error(`process ${pid} has held ${file} for too long: end it, or delete the file`);
    }
    if (!told) onWait?.(pid);
    told = true;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  const release = () => fs.rmSync(file, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}
