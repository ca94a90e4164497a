import { plainAnswer, Replay, replayLimitsOf } from '@holdfast/core/internal';
import { SerializedRecord, type Clock } from '@holdfast/core/stage';
import type { OriginalRecord } from '../letter/dead-letter.js';
import type { Notes } from './notes.js';
import {
  isUnreadable,
  type DeadLetterSource,
  type StoredDeadLetter,
  type UnreadableLetter,
} from './source.js';

/** A producer, or whatever takes records and says when they are safe. */
export interface DeadLetterReplayTarget {
  /** Resolves when the record is delivered; rejects when it is not. The record is bytes: a producer leaves its serializers out. */
  send(record: SerializedRecord): Promise<unknown>;
}

export interface DeadLetterReplayProgress {
  /** Dead letters that the source has given so far. */
  readonly read: number;
  /** Of these: neither left out by `filter` nor replayed before. */
  readonly due: number;
  /** Of those that were due: delivered, and noted. */
  readonly replayed: number;
  /** Of those that were due: not delivered. */
  readonly failed: number;
  /** Of those that were due: not sent, because an earlier one of their key, or partition, had failed. */
  readonly heldBack: number;
  /** That `filter` left out. */
  readonly skipped: number;
  /** That are noted as delivered by an earlier replay, or came a second time. */
  readonly alreadyReplayed: number;
  /** That are no dead letters, or torn. */
  readonly unreadable: number;
}

export interface DeadLetterReplayReport extends DeadLetterReplayProgress {
  /** The first 100 of those that failed. */
  readonly failures: readonly { readonly letter: StoredDeadLetter; readonly error: unknown }[];
  /**
   * Nothing was delivered for `stopAfterMs`: the place of the first dead letter that was not reached. The next call goes on with it.
   * `undefined`: all were reached.
   */
  readonly stoppedAt: string | undefined;
}

export interface DeadLetterReplayHow {
  readonly rate: number;
  readonly maxInFlight: number;
  readonly stopAfterMs: number;
  readonly again: boolean;
  readonly filter: (letter: StoredDeadLetter) => boolean;
  readonly onProgress: (progress: DeadLetterReplayProgress) => void;
  readonly onUnreadable: (one: UnreadableLetter) => void;
}

const mostFailures = 100;

/** Reads a source once, sends what is due, and notes what was delivered. */
export class DeadLetterReplay {
  private read = 0;
  private skipped = 0;
  private alreadyReplayed = 0;
  private unreadable = 0;
  private readonly failures: { letter: StoredDeadLetter; error: unknown }[] = [];
  /** Of this run: a letter may stand twice in its files when a sync has failed. */
  private readonly seen = new Set<string>();
  private readonly replay: Replay<StoredDeadLetter>;

  constructor(
    /** `undefined`: nothing is sent. */
    target: DeadLetterReplayTarget | undefined,
    private readonly notes: Pick<Notes, 'has' | 'add' | 'failed'>,
    private readonly how: DeadLetterReplayHow,
    clock: Clock,
    signal: AbortSignal,
  ) {
    this.replay = new Replay<StoredDeadLetter>({
      ...replayLimitsOf(how),
      target,
      recordOf: ({ record }) => serialized(record),
      onDelivered: ({ id }) => notes.add(id),
      onFailed: (letter, error) => {
        if (this.failures.length < mostFailures) this.failures.push({ letter, error });
      },
      onProgress: () => how.onProgress(this.progress()),
      cannotNote: () => notes.failed !== undefined,
      clock,
      signal,
    });
  }

  report(): DeadLetterReplayReport {
    return {
      ...this.progress(),
      failures: [...this.failures],
      stoppedAt: this.replay.stoppedAt?.place,
    };
  }

  /** Resolves when all that was sent is settled. */
  run(source: DeadLetterSource): Promise<void> {
    return this.replay.run(this.dueLetters(source));
  }

  private async *dueLetters(source: DeadLetterSource): AsyncGenerator<StoredDeadLetter> {
    for await (const one of source.read()) {
      if (this.replay.isOver) return;
      if (isUnreadable(one)) {
        this.unreadable++;
        this.how.onUnreadable(one);
      } else if (this.isDue(one)) yield one;
      else this.how.onProgress(this.progress());
    }
  }

  private isDue(letter: StoredDeadLetter): boolean {
    this.read++;
    if (this.seen.has(letter.id) || (!this.how.again && this.notes.has(letter.id))) {
      this.alreadyReplayed++;
      return false;
    }
    if (!plainAnswer('filter', this.how.filter(letter))) {
      this.skipped++;
      return false;
    }
    this.seen.add(letter.id);
    return true;
  }

  private progress(): DeadLetterReplayProgress {
    const { due, delivered: replayed, failed, heldBack } = this.replay.counts;
    const { read, skipped, alreadyReplayed, unreadable } = this;
    return { read, due, replayed, failed, heldBack, skipped, alreadyReplayed, unreadable };
  }
}

/** As bytes that no serializer of the target's is to touch. */
const serialized = ({ topic, key, value, headers, partition, timestamp }: OriginalRecord): SerializedRecord =>
  new SerializedRecord(topic, key, value, headers, partition, timestamp);
