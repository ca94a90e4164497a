import { aFunction, checkOptions } from '@holdfast/core';
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
}

/** Every dead letter of a source, oldest first. Reads, and writes nothing. */
export async function* listDeadLetters(
  source: DeadLetterSource,
  options: ListDeadLettersOptions = {},
): AsyncGenerator<StoredDeadLetter> {
  checkOptions('listDeadLetters', options, { onUnreadable: aFunction }, [sourceProblem(source)]);
  for await (const one of source.read()) {
    if (isUnreadable(one)) options.onUnreadable?.(one);
    else yield one;
  }
}
