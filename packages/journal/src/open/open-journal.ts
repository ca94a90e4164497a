import { resolve } from 'node:path';
import { makeDurable } from '@holdfast/core/internal';
import type { DirectoryLock, Disk, Env } from '@holdfast/core/stage';
import '../events.js';
import { describeDamage, isHarmless, type Damage } from '../damage.js';
import * as errors from '../errors.js';
import { Log } from '../log/write/log.js';
import { recover, type Recovered } from './recovery.js';
import { Segments } from '../log/segments/segments.js';
import type { ResolvedJournalOptions } from '../options.js';
import { recoveredTimes, SendTimes } from '../log/send-times.js';
import { keepPrivate } from './privacy.js';

/** A journal that this process holds. */
export interface OpenJournal {
  readonly log: Log;
  readonly segments: Segments;
  readonly lock: DirectoryLock;
  /** Records that earlier starts left. */
  readonly backlog: number;
  /** How long it took to find them. */
  readonly recoveryMs: number;
  /** Send times of these, and of the records that are appended. */
  readonly sendTimes: SendTimes;
  /** Sequence number of the first of them; of the first new record when there is none. */
  readonly firstLive: number;
  readonly damage: readonly Damage[];
}

/**
 * Takes the directory and reads what is in it. Nothing is written to it until the log is started.
 */
export async function openJournal(
  options: ResolvedJournalOptions,
  env: Pick<Env, 'clock' | 'disk' | 'events' | 'logger' | 'random'>,
  signal: AbortSignal,
): Promise<OpenJournal> {
  const { directory } = options;
  const lock = await takeDirectory(options, env);
  try {
    const startedAt = env.clock.now();
    const found = { sendTimes: new SendTimes() };
    const recovered = await read(options, env, signal, found);
    const recoveryMs = env.clock.now() - startedAt;
    report(recovered, options, env, recoveryMs);
    await syncWhatIsLeft(recovered, options, env);
    await removeUnused(recovered, env.disk);
    const { clock, disk, random } = env;
    const segments = new Segments({
      disk,
      clock,
      random,
      directory,
      segmentBytes: options.segmentBytes,
      maxBytes: options.maxBytes,
      fsync: options.fsync,
      key: options.encryption,
      journalId: recovered.journalId ?? Math.floor(random() * Number.MAX_SAFE_INTEGER),
      nextNumber: recovered.nextNumber,
      nextSequence: recovered.nextSequence,
    });
    segments.adopt(recovered.segments);
    const log = new Log(
      {
        clock,
        segments,
        segmentBytes: options.segmentBytes,
        fsync: options.fsync,
        fsyncIntervalMs: options.fsyncIntervalMs,
        nextSequence: recovered.nextSequence,
      },
      {
        synced: (durationMs, bytes) => {
          if (env.events.has('journal.synced')) env.events.emit('journal.synced', { durationMs, bytes });
        },
        unsynced: (records, error) => reportUnsynced(records, error, options, env),
      },
    );
    const first = recovered.segments.find(({ live }) => live > 0)?.first;
    return {
      log,
      segments,
      lock,
      backlog: segments.live,
      recoveryMs,
      sendTimes: found.sendTimes,
      firstLive: first ?? recovered.nextSequence,
      damage: recovered.damage,
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/**
 * Syncs what a process that was killed acknowledged in its last interval: the system may not have
 * written it yet.
 */
async function syncWhatIsLeft(
  { segments }: Recovered,
  options: ResolvedJournalOptions,
  env: Pick<Env, 'events' | 'logger'>,
): Promise<void> {
  if (options.fsync !== 'interval') return;
  for (const { file, ending, live } of segments) {
    if (live === 0 || ending === undefined || ending.durable >= ending.offset) continue;
    try {
      await file.sync();
    } catch (error) {
      reportUnsynced(live, error, options, env);
    }
  }
}

/**
 * Removes the files that are not needed. Those that cannot be removed now are removed by the next
 * start; no number is used twice.
 */
async function removeUnused({ unused, aside, unfinished }: Recovered, disk: Disk): Promise<void> {
  for (const { file } of [...unused, ...aside]) await file.close().catch(() => undefined);
  for (const path of [...unused.map(({ path }) => path), ...unfinished])
    await disk.remove(path).catch(() => undefined);
}

async function takeDirectory(
  { directory }: ResolvedJournalOptions,
  env: Pick<Env, 'disk' | 'logger'>,
): Promise<DirectoryLock> {
  const { disk } = env;
  try {
    await makeDurable(disk, resolve(directory));
    const info = await disk.info(directory);
    if (info?.kind !== 'directory') throw errors.noDirectory(directory);
    await keepPrivate(directory, env);
    const lock = await disk.lock(directory);
    if ('holder' in lock) throw errors.held(directory, lock.holder);
    return lock;
  } catch (error) {
    throw errors.asJournalError(directory, error);
  }
}

async function read(
  options: ResolvedJournalOptions,
  env: Pick<Env, 'clock' | 'disk' | 'events'>,
  signal: AbortSignal,
  found: { sendTimes: SendTimes },
): Promise<Recovered> {
  const { encryption, directory, corruption } = options;
  const keys = encryption === undefined ? [] : [encryption, ...(encryption.previousKeys ?? [])];
  let timeOf = recoveredTimes(env.clock);
  try {
    return await recover({
      disk: env.disk,
      directory,
      keys,
      corruption,
      mode: 'write',
      signal,
      onPass: () => {
        found.sendTimes = new SendTimes();
        timeOf = recoveredTimes(env.clock);
      },
      onFrame: ({ first, count, time }, { header }) => {
        if (count > 0) found.sendTimes.note(first, timeOf(time, header?.createdAt));
      },
      onProgress: (readBytes, totalBytes) => {
        if (env.events.has('journal.recovery'))
          env.events.emit('journal.recovery', { readBytes, totalBytes });
      },
    });
  } catch (error) {
    throw errors.asJournalError(directory, error, signal);
  }
}

function reportUnsynced(
  records: number,
  error: unknown,
  { directory }: ResolvedJournalOptions,
  { events, logger }: Pick<Env, 'events' | 'logger'>,
): void {
  const code = errors.stallCode(error);
  events.emit('journal.unsynced', { code, records });
  logger.error('the disk lost a sync: a power failure now may lose records that were acknowledged', {
    ...{ directory, code, records },
  });
}

function report(
  { segments, damage }: Recovered,
  { directory }: ResolvedJournalOptions,
  { events, logger }: Pick<Env, 'events' | 'logger'>,
  ms: number,
): void {
  for (const one of damage) {
    events.emit('journal.damaged', one);
    if (isHarmless(one))
      logger.info('the journal ends with a write that a crash interrupted', {
        directory,
        damage: describeDamage(one),
      });
    else logger.error('the journal is damaged', { directory, damage: describeDamage(one) });
  }
  const records = segments.reduce((sum, { live }) => sum + live, 0);
  if (records > 0) logger.info('the journal has records from an earlier start', { directory, records });
  events.emit('journal.recovered', { records, segments: segments.length, ms });
}
