import { aFunction, anObject, aSignal, nodeDisk, type Disk, type OptionChecks } from '@holdfast/core/stage';
import { isHarmless, type Damage } from '../damage.js';
import * as errors from '../errors.js';
import type { JournalKey } from '../format/encryption.js';
import type { FoundFrame } from '../format/frame.js';
import { someKeys } from '../options.js';
import { recover, type Recovered } from '../open/recovery.js';
import type { SegmentFile } from '../log/segments/segment-file.js';

/** Options of every function that reads a journal. */
export interface ReadJournalOptions {
  /** Default: the local disk. */
  readonly disk?: Disk;
  /** The keys of its encrypted segments. Default: none. */
  readonly keys?: readonly JournalKey[];
  /** Called whenever a part has been read. What is damaged is read twice. */
  readonly onProgress?: (readBytes: number, totalBytes: number) => void;
  /** Ends the call early: it rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

export const readChecks: OptionChecks<ReadJournalOptions> = {
  disk: anObject,
  keys: someKeys,
  onProgress: aFunction,
  signal: aSignal,
};

export type OnFrame = (frame: FoundFrame, found: SegmentFile) => void;

/**
 * Reads a whole journal and writes nothing. Another process may hold it: what that one does
 * meanwhile looks like damage once, but not twice. `begin` is called before each reading and
 * returns what receives the frames. The files stay open until {@link closeFiles}.
 */
export async function readJournal(
  directory: string,
  options: ReadJournalOptions,
  begin: () => OnFrame,
): Promise<Recovered> {
  const first = await readOnce(directory, options, begin);
  if (first.damage.every(isHarmless)) return first;
  await closeFiles(first);
  const second = await readOnce(directory, options, begin);
  const before = new Set(first.damage.map(textOf));
  const damage = second.damage.filter((one) => isHarmless(one) || before.has(textOf(one)));
  return { ...second, damage };
}

export async function closeFiles({ files }: Recovered): Promise<void> {
  for (const { file } of files) await file.close().catch(() => undefined);
}

const textOf = (damage: Damage): string => JSON.stringify(damage);

async function readOnce(
  directory: string,
  { disk = nodeDisk, keys = [], onProgress, signal }: ReadJournalOptions,
  begin: () => OnFrame,
): Promise<Recovered> {
  let onFrame: OnFrame = () => undefined;
  try {
    if ((await disk.info(directory))?.kind !== 'directory') throw errors.noDirectory(directory);
    return await recover({
      disk,
      directory,
      keys,
      corruption: 'salvage',
      mode: 'read',
      signal,
      ...(onProgress && { onProgress }),
      onPass: () => (onFrame = begin()),
      onFrame: (frame, found) => onFrame(frame, found),
    });
  } catch (error) {
    throw errors.asJournalError(directory, error, signal);
  }
}
