import type { StoredDeadLetter } from './source.js';

export interface DeadLetterReplayProgress {
  /** Dead letters read from the source so far. */
  readonly read: number;
  /** Letters to be sent: neither skipped by `filter` nor replayed before. */
  readonly due: number;
  /** Due letters that were delivered and noted. */
  readonly replayed: number;
  /** Due letters that were not delivered. */
  readonly failed: number;
  /** Due letters that were not sent because an earlier one of their key or partition had failed. */
  readonly heldBack: number;
  /** Letters that `filter` left out. */
  readonly skipped: number;
  /** Letters that an earlier replay has delivered, and letters that were read twice. */
  readonly alreadyReplayed: number;
  /** Entries of the source that are torn, or not dead letters. */
  readonly unreadable: number;
}

export interface DeadLetterReplayReport extends DeadLetterReplayProgress {
  /** The first 100 failures. */
  readonly failures: readonly { readonly letter: StoredDeadLetter; readonly error: unknown }[];
  /**
   * The place of the first letter that was not reached because nothing was delivered for
   * `stopAfterMs`. The next call continues there. `undefined` when all letters were reached.
   */
  readonly stoppedAt: string | undefined;
}
