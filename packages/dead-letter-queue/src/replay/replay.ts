import { dirname } from 'node:path';
import { ProducerError } from '@holdfast/core';
import { replayLimitChecks, replayLimitsOf } from '@holdfast/core/internal';
import {
  aBoolean,
  aFunction,
  anObject,
  aSignal,
  aString,
  checkOptions,
  nodeDisk,
  systemClock,
  type Clock,
  type DirectoryLock,
  type Disk,
} from '@holdfast/core/stage';
import { nameOf } from '../errors.js';
import { Notes } from './notes.js';
import {
  DeadLetterReplay,
  type DeadLetterReplayHow,
  type DeadLetterReplayReport,
  type DeadLetterReplayTarget,
} from './replaying.js';
import { sourceProblem, type DeadLetterSource } from './source.js';

export interface DeadLetterReplayOptions extends Partial<DeadLetterReplayHow> {
  /** False: the letter is left where it is. Default: all are sent. */
  readonly filter?: DeadLetterReplayHow['filter'];
  /** Records a second, at most. Default: as fast as the target takes them. */
  readonly rate?: number;
  /** Records that the target has and has not answered, at most. Default 1,000. */
  readonly maxInFlight?: number;
  /**
   * When so many ms have passed since a letter was sent, and neither it nor any since was delivered, no more are sent; it ends when those
   * under way have ended without success. Default 60,000 ms; `Infinity`: it goes on whatever fails.
   */
  readonly stopAfterMs?: number;
  /** Send again what is noted as replayed. Default false. */
  readonly again?: boolean;
  /** Counts what is due, and neither sends nor writes anything. Default false. */
  readonly dryRun?: boolean;
  /**
   * The file that notes which letters were delivered; `false`: none, and a second replay sends all again. Default: `replayed.ids` beside
   * the files of dead letters; a topic has none, so it is to be given.
   */
  readonly progress?: string | false;
  /** Called whenever a letter is settled or left out. What it throws ends the replay. */
  readonly onProgress?: DeadLetterReplayHow['onProgress'];
  /** Hears of what is no dead letter. */
  readonly onUnreadable?: DeadLetterReplayHow['onUnreadable'];
  /** Sends no more; it rejects with the signal's reason when all that was sent is settled. */
  readonly signal?: AbortSignal;
  /** Default: the system's. */
  readonly clock?: Clock;
  /** Default: the local disk. */
  readonly disk?: Disk;
}

/**
 * Sends dead letters through `target` as they were: topic, key, value, headers, the partition that was asked for, timestamp; oldest
 * first. What was delivered is noted, so that a replay goes on where an earlier one ended, and sends nothing twice but what a crash
 * kept from being noted (100 letters and those in flight). Of a key one is under way at a time, and when it fails those behind it are
 * held back for the next call: so its order holds. The letters stay where they are. A letter that fails again is in the report; the
 * target's own dead-letter queue makes a new one of it.
 */
export async function replayDeadLetters(
  source: DeadLetterSource,
  target: DeadLetterReplayTarget,
  options: DeadLetterReplayOptions = {},
): Promise<DeadLetterReplayReport> {
  const path = progressOf(source, target, options);
  const { disk = nodeDisk, clock = systemClock, signal = new AbortController().signal } = options;
  const how = howOf(options);
  if (options.dryRun === true) {
    const ids = path === false ? new Set<string>() : await Notes.read(disk, path);
    const notes = { has: (id: string) => ids.has(id), add: () => undefined, failed: undefined };
    return await run(new DeadLetterReplay(undefined, notes, how, clock, signal), source, signal);
  }
  if (path === false) {
    const notes = { has: () => false, add: () => undefined, failed: undefined };
    return await run(new DeadLetterReplay(target, notes, how, clock, signal), source, signal);
  }
  const lock = await noting(path, lockOf(disk, path));
  try {
    const notes = await noting(path, Notes.open(disk, path));
    const replay = new DeadLetterReplay(target, notes, how, clock, signal);
    try {
      await replay.run(source);
    } finally {
      await notes.end();
    }
    if (notes.failed !== undefined) throw notes.failed;
    signal.throwIfAborted();
    return replay.report();
  } finally {
    await lock.release();
  }
}

async function run(
  replay: DeadLetterReplay,
  source: DeadLetterSource,
  signal: AbortSignal,
): Promise<DeadLetterReplayReport> {
  await replay.run(source);
  signal.throwIfAborted();
  return replay.report();
}

/** An error of the disk says neither what it was wanted for nor what to do. */
async function noting<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (ProducerError.is(cause)) throw cause;
    throw new ProducerError(
      'DEAD_LETTERS_FAILED',
      `what is replayed cannot be noted in '${path}' (${nameOf(cause)}); give 'progress' a path in a directory that this process may write to, or false for none`,
      { cause },
    );
  }
}

/** Two replays at a time would send everything twice. */
async function lockOf(disk: Disk, path: string): Promise<DirectoryLock> {
  const directory = dirname(path);
  // Not made: a path that is mistyped must not be a replay of nothing.
  if ((await disk.info(directory))?.kind !== 'directory') {
    throw new ProducerError(
      'DEAD_LETTERS_FAILED',
      `there is no directory '${directory}', where the progress of the replay is to be noted; correct the path, or make it`,
    );
  }
  const lock = await disk.lock(directory);
  if (!('holder' in lock)) return lock;
  throw new ProducerError(
    'DEAD_LETTERS_LOCKED',
    `'${directory}' is held by ${lock.holder}: by another replay that notes its progress there, or by a journal; wait for its end, or give 'progress' a path in another directory`,
  );
}

const howOf = ({
  again = false,
  filter = () => true,
  onProgress = () => undefined,
  onUnreadable = () => undefined,
  ...limits
}: DeadLetterReplayOptions): DeadLetterReplayHow => ({
  ...replayLimitsOf(limits),
  again,
  filter,
  onProgress,
  onUnreadable,
});

function progressOf(
  source: DeadLetterSource,
  target: DeadLetterReplayTarget,
  options: DeadLetterReplayOptions,
): string | false {
  const wrongSource = sourceProblem(source);
  const { progress = wrongSource === undefined ? source.progress : false } =
    anObject(options) === undefined ? options : {};
  checkOptions(
    'replayDeadLetters',
    options,
    {
      filter: aFunction,
      ...replayLimitChecks,
      again: aBoolean,
      dryRun: aBoolean,
      progress: (value) => (value === false ? undefined : aString(value)),
      onProgress: aFunction,
      onUnreadable: aFunction,
      signal: aSignal,
      clock: anObject,
      disk: anObject,
    },
    [
      wrongSource,
      anObject(target) === undefined && typeof target.send === 'function'
        ? undefined
        : 'the target must have a function send(record)',
      progress === undefined
        ? "'progress' is missing: give the path of a file that notes what was replayed, or false to send all again each time"
        : undefined,
    ],
  );
  return progress ?? false;
}
