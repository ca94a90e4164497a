import { anObject } from '@holdfast/core/stage';
import type { DeadLetter } from '../letter/dead-letter.js';
import { isLetterId } from '../letter/letter-id.js';

/** A dead letter and the place where it is stored. */
export interface StoredDeadLetter extends DeadLetter {
  /** A line, as `/dead-letters/….jsonl:3`; or a partition and an offset, as `orders.dlq[0]@17`. */
  readonly place: string;
}

/** Something that is not a dead letter, or no longer: a line torn by a crash, for example. */
export interface UnreadableLetter {
  readonly place: string;
  /** What is wrong with it. Contains no byte of it. */
  readonly problem: string;
}

/** Stored dead letters, oldest first: `fileDeadLetters` or `topicDeadLetters`. */
export interface DeadLetterSource {
  read(): AsyncIterable<StoredDeadLetter | UnreadableLetter>;
  /** The default file in which a replay notes what it delivered. */
  readonly progress?: string;
}

/** Returns what is wrong with a source; `undefined` when nothing is. */
export const sourceProblem = (source: DeadLetterSource): string | undefined =>
  anObject(source) === undefined && typeof source.read === 'function'
    ? undefined
    : 'the first argument must be fileDeadLetters(…) or topicDeadLetters(…)';

export const isUnreadable = (entry: StoredDeadLetter | UnreadableLetter): entry is UnreadableLetter =>
  'problem' in entry;

/**
 * Adds its place to a decoded letter, or to the text that describes why it could not be decoded.
 */
export function storedAt(decoded: DeadLetter | string, place: string): StoredDeadLetter | UnreadableLetter {
  if (typeof decoded === 'string') return { place, problem: decoded };
  return isLetterId(decoded.id)
    ? { ...decoded, place }
    : { place, problem: 'its id is not one that Holdfast gives' };
}
