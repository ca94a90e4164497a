import { existsSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { resolveOptions } from '../options.js';
import { reaches, signal } from '../processes.js';
import type { KafkaInstall } from './install.js';
import { newArchive } from './jvm.js';
import { launchJava } from './start-java.js';

const FAILED = 'failed';
/**
 * About 3 s on a quiet machine of two cores; the first start may share its machine with a
 * compilation.
 */
const WRITE_MS = 120_000;

/**
 * Makes the class data archive, once for each Java and fetched Kafka: a broker runs, and writes it
 * when it ends. Never rejects: without the archive everything works, but slower. Most of a broker's
 * start is Java loading classes. A JVM can keep the result in a file, and the next one maps that
 * into memory: three brokers are up in 3.5 s instead of 5.5 s, with 40 % less processor time.
 * https://docs.oracle.com/en/java/javase/17/vm/class-data-sharing.html
 *
 * @param make puts the file in its place, or rejects
 */
export async function prepareClasses(
  install: KafkaInstall,
  log: (line: string) => void,
  make = runOnce,
): Promise<void> {
  if (existsSync(install.archive) || !(await claim(install.archive))) return;
  const file = claimFile(install.archive);
  try {
    // Another process may have made it between the check and the claim.
    if (!existsSync(install.archive)) {
      log("preparing Kafka's classes, so that brokers start faster (once, about 10 s)");
      await make(install);
    }
    await rm(file, { force: true });
  } catch (error) {
    log(`that did not work, and they start as before (delete ${file} to try again): ${String(error)}`);
    await writeFile(file, FAILED).catch(() => undefined);
  }
}

/** A secure broker, because that also loads the classes of the plain one. */
async function runOnce(install: KafkaInstall): Promise<void> {
  // The file is written to a folder of this process alone, on the file system of its destination.
  const settings = resolveOptions({ brokers: 1, secure: true, dataDirectory: dirname(install.archive) });
  const { cluster, plan } = await launchJava({ ...install, archives: true }, settings, 'preparation');
  try {
    await cluster.createTopic('preparation');
    await endByItself(cluster.status()[0]?.pid, plan.directory);
    const made = newArchive(plan.directory, 1);
    if (!existsSync(made)) throw new Error(`the broker ended without writing ${made}`);
    await rename(made, install.archive);
  } finally {
    await cluster.down();
  }
}

/** `cluster.stop` kills a slow broker, whose file would then be incomplete or missing. */
async function endByItself(pid: number | undefined, marker: string): Promise<void> {
  if (pid === undefined) throw new Error('the broker ended before it was told to');
  signal(pid, marker, 'SIGTERM');
  if (await reaches(pid, marker, 'gone', WRITE_MS)) return;
  throw new Error(`the broker had not written its classes ${WRITE_MS / 1000} s after SIGTERM`);
}

/** Returns whether this process should try: no other is making it, and none has failed. */
async function claim(archive: string): Promise<boolean> {
  const file = claimFile(archive);
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text !== undefined) {
    if (text === FAILED || isAlive(Number(text))) return false;
    await rm(file, { force: true });
  }
  return writeFile(file, String(process.pid), { flag: 'wx' }).then(
    () => true,
    () => false,
  );
}

function claimFile(archive: string): string {
  return `${archive}.claim`;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
