import { randomInt } from 'node:crypto';
import { silentLogger } from '@holdfast/core';
import { EventHub, replayLimitChecks, replayLimitsOf } from '@holdfast/core/internal';
import {
  aBoolean,
  aFunction,
  anObject,
  aSignal,
  checkOptions,
  nodeDisk,
  systemClock,
  type Clock,
  type Disk,
} from '@holdfast/core/stage';
import type { Damage } from '../damage.js';
import * as errors from '../errors.js';
import type { JournalKey } from '../format/encryption.js';
import { openJournal, type OpenJournal } from '../open/open-journal.js';
import { someKeys, type ResolvedJournalOptions } from '../options.js';
import { exportRecords } from './export.js';
import { isDue, JournalReplay, type ReplayHow, type ReplayReport, type ReplayTarget } from './replay-run.js';

export interface ReplayOptions extends Partial<ReplayHow> {
  /** Default: the local disk. */
  readonly disk?: Disk;
  /** Default: the system's clock. */
  readonly clock?: Clock;
  /** The keys of its encrypted segments; notes are encrypted with the first one. Default: none. */
  readonly keys?: readonly JournalKey[];
  /**
   * Counts what would be sent, and neither sends nor writes anything. Another process may hold the
   * journal then. Default false.
   */
  readonly dryRun?: boolean;
  /** Sends no more; the call rejects with the signal's reason when all that was sent is settled. */
  readonly signal?: AbortSignal;
}

/**
 * Sends the records of a journal that wait to be sent through `target`, and acknowledges each one
 * that is delivered. A record that fails, is left out, held back or not reached stays for the next
 * start or replay. One record per key is under way at a time, and when it fails, those after it are
 * held back, so the order of a key holds. No other process may hold the journal meanwhile
 * (`JOURNAL_LOCKED`). A crash costs duplicates, as with every start.
 */
export async function replayJournal(
  directory: string,
  target: ReplayTarget,
  options: ReplayOptions = {},
): Promise<ReplayReport> {
  checkOptions(
    'replayJournal',
    options,
    {
      disk: anObject,
      clock: anObject,
      keys: someKeys,
      ...replayLimitChecks,
      filter: aFunction,
      onProgress: aFunction,
      dryRun: aBoolean,
      signal: aSignal,
    },
    [typeof target.send === 'function' ? undefined : 'the target must have a function send(record)'],
  );
  if (options.dryRun === true) return rehearse(directory, options);
  const { disk = nodeDisk, clock = systemClock, keys = [], signal = new AbortController().signal } = options;
  // Checked before anything could create the directory.
  if ((await disk.info(directory))?.kind !== 'directory') throw errors.noDirectory(directory);
  const env = { clock, disk, random, logger: silentLogger, events: new EventHub(silentLogger) };
  const journal = await openJournal(journalOptions(directory, keys), env, signal);
  journal.log.start();
  const replay = new JournalReplay(journal, target, howOf(options), clock, signal);
  try {
    await replay.run();
  } finally {
    await close(journal, directory, replay);
  }
  signal.throwIfAborted();
  return replay.report();
}

const howOf = ({
  filter = () => true,
  onProgress = () => undefined,
  ...limits
}: ReplayOptions): ReplayHow => ({ ...replayLimitsOf(limits), filter, onProgress });

/** It adds a few frames with notes to the journal, whatever the limit of its user is. */
const journalOptions = (directory: string, keys: readonly JournalKey[]): ResolvedJournalOptions => {
  const [current, ...previousKeys] = keys;
  return {
    directory,
    acceptAfterMs: Infinity,
    fsync: 'always',
    fsyncIntervalMs: 100,
    maxBytes: Number.MAX_SAFE_INTEGER,
    segmentBytes: 1024 * 1024,
    whenFull: 'block',
    corruption: 'salvage',
    encryption: current && { ...current, previousKeys },
    maxInFlightRecords: 1,
    maxInFlightBytes: 1,
    giveUpAfterMs: Infinity,
  };
};

/** Random numbers for segments, as `Math.random` returns them. */
const random = (): number => randomInt(2 ** 32) / 2 ** 32;

async function close(
  { log, segments, lock }: OpenJournal,
  directory: string,
  replay: JournalReplay,
): Promise<void> {
  try {
    await log.close();
    if (segments.hasPendingAcks) throw errors.notNoted(directory, replay.report().delivered);
  } finally {
    await segments.close();
    await lock.release();
  }
}

async function rehearse(directory: string, options: ReplayOptions): Promise<ReplayReport> {
  const { filter, disk, keys, signal } = options;
  let live = 0;
  let skipped = 0;
  const damage: Damage[] = [];
  const given = { ...(disk && { disk }), ...(keys && { keys }), ...(signal && { signal }) };
  const onDamage = (one: Damage): void => void damage.push(one);
  for await (const record of exportRecords(directory, { ...given, onlyLive: true, onDamage })) {
    live++;
    if (filter !== undefined && !isDue(record, filter)) skipped++;
  }
  const nothing = { delivered: 0, failed: 0, heldBack: 0, error: undefined, stoppedAt: undefined };
  return { ...nothing, live, skipped, damage };
}
