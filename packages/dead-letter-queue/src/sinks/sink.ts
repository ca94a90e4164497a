import type { PendingLetter } from '../letter/pending-letter.js';
import type { FileSinkStats, SinkStats } from '../stats.js';

export type SinkName = 'topic' | 'file' | 'callback';

/**
 * Receives letters that a sink is done with: each has `to` when the sink took it, else `refusal`.
 */
export type PutCallback = (letters: readonly PendingLetter[]) => void;

/** A letter in the queue of a sink. */
export interface QueuedLetter {
  readonly letter: PendingLetter;
  readonly done: PutCallback;
}

/** A destination for dead letters. */
export interface Sink {
  readonly name: SinkName;
  /**
   * Stores the letters and passes each of them to `done` exactly once, in any grouping and at any
   * time, even before it returns. Takes the letters of a lane in their order. Never throws.
   */
  put(letters: readonly PendingLetter[], done: PutCallback): void;
  start?(): Promise<void>;
  /** Refuses the letters that it has not begun to store. */
  close?(): Promise<void>;
  /** Returns what the sink reports in addition to the letters that it has taken. */
  stats?(): Omit<FileSinkStats, keyof SinkStats>;
}

/** The refusal of a sink that has closed. */
export const closed = 'CLOSED';

export function refuse(letters: readonly PendingLetter[], code: string, done: PutCallback): void {
  if (letters.length === 0) return;
  for (const letter of letters) letter.refusal = code;
  done(letters);
}
