import {
  aBoolean,
  aFunction,
  anObject,
  aString,
  checkOptions,
  nodeDisk,
  type Disk,
} from '@holdfast/core/stage';
import { Notes } from './notes.js';
import {
  isUnreadable,
  sourceProblem,
  type DeadLetterSource,
  type StoredDeadLetter,
  type UnreadableLetter,
} from './source.js';

export interface ListDeadLettersOptions {
  /** Hears of what is no dead letter. Default: it is left out without a word. */
  readonly onUnreadable?: (one: UnreadableLetter) => void;
  /** With those that a replay has noted as delivered. Default false: what is left. */
  readonly all?: boolean;
  /** The file in which replays note what they have delivered; `false`: none. Default: that of the source, if it has one. */
  readonly progress?: string | false;
  /** Hears of what is left out because it is noted as delivered. */
  readonly onReplayed?: (letter: StoredDeadLetter) => void;
  /** Of the notes. Default: the local disk. */
  readonly disk?: Disk;
}

/** The dead letters of a source that no replay has delivered, oldest first; or all. Reads, and writes nothing. */
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
  const replayed = await replayedOf(source, options);
  for await (const one of source.read()) {
    if (isUnreadable(one)) options.onUnreadable?.(one);
    else if (replayed.has(one.id)) options.onReplayed?.(one);
    else yield one;
  }
}

async function replayedOf(
  source: DeadLetterSource,
  { all = false, progress = source.progress ?? false, disk = nodeDisk }: ListDeadLettersOptions,
): Promise<ReadonlySet<string>> {
  return all || progress === false ? new Set() : Notes.read(disk, progress);
}
