import {
  aBoolean,
  aFunction,
  anObject,
  aString,
  checkOptions,
  nodeDisk,
  type Disk,
} from '@holdfast/core/stage';
import { ProgressFile } from './progress-file.js';
import {
  isUnreadable,
  sourceProblem,
  type DeadLetterSource,
  type StoredDeadLetter,
  type UnreadableLetter,
} from './source.js';

export interface ListDeadLettersOptions {
  /** Called for everything that is not a dead letter. By default it is skipped. */
  readonly onUnreadable?: (entry: UnreadableLetter) => void;
  /** Includes letters that a replay has delivered. Default false. */
  readonly all?: boolean;
  /**
   * The file in which replays note what they delivered; `false` for none. Default: the one of the
   * source, if it has one.
   */
  readonly progress?: string | false;
  /** Called for each letter that is left out because a replay has delivered it. */
  readonly onReplayed?: (letter: StoredDeadLetter) => void;
  /** The disk of the file `progress`. Default: the local disk. */
  readonly disk?: Disk;
}

/**
 * Yields the dead letters of a source that no replay has delivered, oldest first; with `all`, every
 * letter. Writes nothing.
 */
export async function* listDeadLetters(
  source: DeadLetterSource,
  options: ListDeadLettersOptions = {},
): AsyncGenerator<StoredDeadLetter> {
  checkOptions(
    'listDeadLetters',
    options,
    {
      onUnreadable: aFunction,
      all: aBoolean,
      progress: (value) => (value === false ? undefined : aString(value)),
      onReplayed: aFunction,
      disk: anObject,
    },
    [sourceProblem(source)],
  );
  const replayed = await replayedIds(source, options);
  for await (const entry of source.read()) {
    if (isUnreadable(entry)) options.onUnreadable?.(entry);
    else if (replayed.has(entry.id)) options.onReplayed?.(entry);
    else yield entry;
  }
}

async function replayedIds(
  source: DeadLetterSource,
  { all = false, progress = source.progress ?? false, disk = nodeDisk }: ListDeadLettersOptions,
): Promise<ReadonlySet<string>> {
  return all || progress === false ? new Set() : ProgressFile.read(disk, progress);
}
