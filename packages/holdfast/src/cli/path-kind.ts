import type { Disk } from '@holdfast/core/stage';
import { wrongPath } from './errors.js';

type PathKind =
  | 'absent'
  | 'a file'
  | 'a file of dead letters'
  | 'empty'
  | 'a journal'
  | 'dead letters'
  | 'foreign';

const segment = /^\d+\.segment$/;
/** Files next to segments, or left without any: damage that was moved away, and the lock. */
const besideSegments = /^(quarantine|lock\.\d+)$/;
const letters = /\.jsonl$/;
/** The progress of a replay of dead letters. */
const besideLetters = /^replayed\.ids$/;

const descriptions: { readonly [kind in PathKind]: string } = {
  absent: 'there is nothing there',
  'a file': 'it is a file, and not one of dead letters (….jsonl)',
  'a file of dead letters': 'it is a file of dead letters; see holdfast dead-letters list',
  empty: 'it is empty',
  'a journal': 'it looks like a journal; see holdfast journal inspect',
  'dead letters': 'it looks like a directory of dead letters; see holdfast dead-letters list',
  foreign: 'it has neither segments of a journal (….segment) nor dead letters (….jsonl)',
};

/** Throws when the path is not a journal. A journal that was ever started has a segment. */
export async function expectJournal(disk: Disk, path: string): Promise<void> {
  const kind = await kindAt(disk, path);
  if (kind !== 'a journal') throw wrongPath(path, 'a journal', descriptions[kind]);
}

/**
 * Throws when the path does not hold dead letters. An empty directory holds none yet, and is
 * accepted.
 */
export async function expectDeadLetters(disk: Disk, path: string): Promise<void> {
  const kind = await kindAt(disk, path);
  if (kind === 'dead letters' || kind === 'a file of dead letters' || kind === 'empty') return;
  throw wrongPath(path, 'a file or directory of dead letters', descriptions[kind]);
}

async function kindAt(disk: Disk, path: string): Promise<PathKind> {
  const info = await disk.info(path);
  if (info === undefined) return 'absent';
  if (info.kind !== 'directory') return path.endsWith('.jsonl') ? 'a file of dead letters' : 'a file';
  const names = await disk.list(path);
  const has = (...any: readonly RegExp[]): boolean => names.some((name) => any.some((one) => one.test(name)));
  if (has(segment)) return 'a journal';
  if (has(letters)) return 'dead letters';
  if (has(besideSegments)) return 'a journal';
  if (has(besideLetters)) return 'dead letters';
  return names.length === 0 ? 'empty' : 'foreign';
}
