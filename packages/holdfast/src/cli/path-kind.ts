import type { Disk } from '@holdfast/core/stage';
import { UsageError } from './arguments/usage-error.js';

type Place =
  | 'absent'
  | 'a file'
  | 'a file of dead letters'
  | 'empty'
  | 'a journal'
  | 'dead letters'
  | 'foreign';

const segment = /^\d+\.segment$/;
/** Beside the segments, or when none is left: what damage was moved to, and the lock. */
const besideSegments = /^(quarantine|lock\.\d+)$/;
const letters = /\.jsonl$/;
/** What a replay of dead letters notes. */
const besideLetters = /^replayed\.ids$/;

const looksLike: { readonly [place in Place]: string } = {
  absent: 'there is nothing there',
  'a file': 'it is a file, and not of dead letters (….jsonl)',
  'a file of dead letters': 'it is a file of dead letters; see holdfast dead-letters list',
  empty: 'it is empty',
  'a journal': 'it looks like a journal; see holdfast journal inspect',
  'dead letters': 'it looks like a directory of dead letters; see holdfast dead-letters list',
  foreign: 'it has neither segments of a journal (….segment) nor dead letters (….jsonl)',
};

/** Refuses what is no journal: one that was ever started has a segment. */
export async function expectJournal(disk: Disk, path: string): Promise<void> {
  const place = await placeAt(disk, path);
  if (place !== 'a journal') throw refusal(path, 'no journal', place);
}

/** Refuses what are no dead letters. A directory without any yet is empty, and well. */
export async function expectDeadLetters(disk: Disk, path: string): Promise<void> {
  const place = await placeAt(disk, path);
  if (place === 'dead letters' || place === 'a file of dead letters' || place === 'empty') return;
  throw refusal(path, 'no place of dead letters', place);
}

const refusal = (path: string, what: string, place: Place): UsageError =>
  new UsageError([`'${path}' is ${what}: ${looksLike[place]}`]);

async function placeAt(disk: Disk, path: string): Promise<Place> {
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
