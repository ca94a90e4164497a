import type { Letter } from '../letter/pending-letter.js';
import type { FileSinkStats, SinkStats } from '../stats.js';

export type SinkName = 'topic' | 'file' | 'callback';

/** Hears of letters: each has `to` when it was taken, else `refusal`. */
export type Answer = (letters: readonly Letter[]) => void;

/** A place for dead letters. */
export interface Sink {
  readonly name: SinkName;
  /**
   * Answers each of them exactly once, in whatever parts, at any time: before it returns, too. Letters of one lane are taken in
   * their order. Throws nothing.
   */
  take(letters: readonly Letter[], answer: Answer): void;
  start?(): Promise<void>;
  /** What it has not begun to store it refuses. */
  close?(): Promise<void>;
  /** Beside what it has taken. */
  stats?(): Omit<FileSinkStats, keyof SinkStats>;
}

/** The refusal of a sink that takes no more. */
export const closed = 'CLOSED';

export function refuse(letters: readonly Letter[], code: string, answer: Answer): void {
  if (letters.length === 0) return;
  for (const letter of letters) letter.refusal = code;
  answer(letters);
}
