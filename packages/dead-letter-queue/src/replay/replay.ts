import { dirname } from 'node:path';
import { ProducerError } from '@holdfast/core';
import type { DirectoryLock, Disk } from '@holdfast/core/stage';
import * as errors from '../errors.js';
import { DeadLetterReplay, type DeliveredLetters } from './dead-letter-replay.js';
import {
  resolveReplayOptions,
  type DeadLetterReplayOptions,
  type DeadLetterReplayTarget,
  type ResolvedReplayOptions,
} from './options.js';
import { ProgressFile } from './progress-file.js';
import type { DeadLetterReplayReport } from './report.js';
import type { DeadLetterSource } from './source.js';

/**
 * Sends dead letters through `target` as they were (topic, key, value, headers, requested
 * partition, timestamp), oldest first.
 *
 * Delivered letters are noted, so the next replay continues where this one ended. A letter is sent
 * twice only if a crash kept its delivery from being noted (100 letters and those in flight). One
 * letter of a key is in flight at a time. When it fails, later letters of the key are held back
 * until the next call, which keeps the key in order. The letters stay where they are. A letter that
 * fails again is in the report, and the dead-letter queue of the target makes a new letter of it.
 *
 * Throws `INVALID_OPTIONS`; `DEAD_LETTERS_LOCKED` while another replay uses the directory of
 * `progress`; and `DEAD_LETTERS_FAILED` when letters cannot be read or noted.
 */
export async function replayDeadLetters(
  source: DeadLetterSource,
  target: DeadLetterReplayTarget,
  options: DeadLetterReplayOptions = {},
): Promise<DeadLetterReplayReport> {
  const resolved = resolveReplayOptions(source, target, options);
  const { dryRun, progress, disk } = resolved;
  if (dryRun) {
    const ids = progress === false ? new Set<string>() : await ProgressFile.read(disk, progress);
    return await run(source, target, readOnly(ids), resolved);
  }
  if (progress === false) return await run(source, target, readOnly(new Set()), resolved);
  const lock = await notingIn(progress, lockDirectoryOf(disk, progress));
  try {
    const file = await notingIn(progress, ProgressFile.open(disk, progress));
    return await run(source, target, file, resolved, () => file.close());
  } finally {
    await lock.release();
  }
}

async function run(
  source: DeadLetterSource,
  target: DeadLetterReplayTarget,
  delivered: DeliveredLetters,
  options: ResolvedReplayOptions,
  close: () => Promise<void> = () => Promise.resolve(),
): Promise<DeadLetterReplayReport> {
  const replay = new DeadLetterReplay(target, delivered, options);
  try {
    await replay.run(source);
  } finally {
    await close();
  }
  if (delivered.failed !== undefined) throw delivered.failed;
  options.signal.throwIfAborted();
  return replay.report();
}

const readOnly = (ids: ReadonlySet<string>): DeliveredLetters => ({
  has: (id) => ids.has(id),
  add: () => undefined,
  failed: undefined,
});

/** Adds to an error of the disk what the file is for and what to do. */
async function notingIn<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw ProducerError.is(cause) ? cause : errors.cannotOpenProgress(path, cause);
  }
}

/** Two replays at the same time would send everything twice. */
async function lockDirectoryOf(disk: Disk, path: string): Promise<DirectoryLock> {
  const directory = dirname(path);
  // It is not created: with a mistyped path, the replay would send everything again.
  if ((await disk.info(directory))?.kind !== 'directory') throw errors.noProgressDirectory(directory);
  const lock = await disk.lock(directory);
  if ('holder' in lock) throw errors.locked(directory, lock.holder);
  return lock;
}
