import { anObject } from '@holdfast/core/stage';
import type { DeadLetter } from '../letter/dead-letter.js';
import { isId } from '../letter/letter-id.js';

/** Where a dead letter is kept. `place`: `/dead-letters/….jsonl:3` (a line), or `orders.dlq[0]@17` (partition and offset). */
export interface StoredDeadLetter extends DeadLetter {
  readonly place: string;
}

/** What is no dead letter, or is none any more: the end of a line that a crash took, say. */
export interface UnreadableLetter {
  readonly place: string;
  /** What is wrong with it; without a byte of it. */
  readonly problem: string;
}

/** Dead letters that are kept somewhere, oldest first: `fileDeadLetters` or `topicDeadLetters`. */
export interface DeadLetterSource {
  read(): AsyncIterable<StoredDeadLetter | UnreadableLetter>;
  /** The file in which a replay notes what it has sent, unless it is told another. */
  readonly progress?: string;
}

/** What is wrong with it; `undefined`: nothing. */
export const sourceProblem = (source: DeadLetterSource): string | undefined =>
  anObject(source) === undefined && typeof source.read === 'function'
    ? undefined
    : 'the first argument must be fileDeadLetters(…) or topicDeadLetters(…)';

export const isUnreadable = (one: StoredDeadLetter | UnreadableLetter): one is UnreadableLetter =>
  'problem' in one;

export function storedAt(letter: DeadLetter | string, place: string): StoredDeadLetter | UnreadableLetter {
  if (typeof letter === 'string') return { place, problem: letter };
  return isId(letter.id) ? { ...letter, place } : { place, problem: 'its id is none that Holdfast gives' };
}
