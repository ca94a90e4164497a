import { LaneOrder, RateLimiter, plainAnswer } from '@holdfast/core/internal';
import { laneOf, recordBytes, SerializedRecord, type Clock } from '@holdfast/core/stage';
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

/** Reads a source once and sends what is due, so many at a time, and one of each lane. */
export class DeadLetterReplay {
  private readonly counts = {
    read: 0,
    due: 0,
    replayed: 0,
    failed: 0,
    heldBack: 0,
    skipped: 0,
    alreadyReplayed: 0,
    unreadable: 0,
  };
  private readonly failures: { letter: StoredDeadLetter; error: unknown }[] = [];
  /** Of this run: a letter may stand twice in its files when a sync has failed. */
  private readonly seen = new Set<string>();
  private readonly limiter: RateLimiter;
  private readonly order = new LaneOrder();
  private stoppedAt: string | undefined;

  constructor(
    /** `undefined`: nothing is sent. */
    private readonly target: DeadLetterReplayTarget | undefined,
    private readonly notes: Pick<Notes, 'has' | 'add' | 'failed'>,
    private readonly how: DeadLetterReplayHow,
    clock: Clock,
    signal: AbortSignal,
  ) {
    this.limiter = new RateLimiter({ ...how, clock, signal });
  }

  report(): DeadLetterReplayReport {
    return { ...this.counts, failures: [...this.failures], stoppedAt: this.stoppedAt };
  }

  /** Resolves when all that was sent is settled. */
  async run(source: DeadLetterSource): Promise<void> {
    try {
      await this.takeAll(source);
    } finally {
      await this.limiter.settled();
    }
    this.limiter.throwIfBroken();
  }

  private async takeAll(source: DeadLetterSource): Promise<void> {
    for await (const one of source.read()) {
      if (this.isOver()) return;
      if (isUnreadable(one)) {
        this.counts.unreadable++;
        this.how.onUnreadable(one);
      } else await this.take(one);
    }
  }

  private isOver(): boolean {
    return this.limiter.isOver || this.notes.failed !== undefined;
  }

  private async take(letter: StoredDeadLetter): Promise<void> {
    this.counts.read++;
    if (!this.isDue(letter)) return this.tell();
    this.counts.due++;
    this.seen.add(letter.id);
    const { target } = this;
    if (target === undefined) return this.tell();
    const record = serialized(letter.record);
    const lane = laneOf(record);
    if (this.order.isHeld(lane)) return this.hold();
    const send = (): Promise<boolean> => this.send(letter, record, target);
    await this.limiter.begin(recordBytes(record), () => this.order.run(lane, send, () => this.hold()));
    if (this.limiter.isStopped) this.stoppedAt = letter.place;
  }

  private isDue(letter: StoredDeadLetter): boolean {
    if (this.seen.has(letter.id) || (!this.how.again && this.notes.has(letter.id))) {
      this.counts.alreadyReplayed++;
      return false;
    }
    if (plainAnswer('filter', this.how.filter(letter))) return true;
    this.counts.skipped++;
    return false;
  }

  /** False: none behind it in its lane may go. */
  private async send(
    letter: StoredDeadLetter,
    record: SerializedRecord,
    target: DeadLetterReplayTarget,
  ): Promise<boolean> {
    // By then it may be known that nothing can be noted any more; or it has waited for others of its lane.
    if (this.isOver()) return true;
    let isDelivered = true;
    try {
      await target.send(record);
      this.counts.replayed++;
      this.notes.add(letter.id);
      this.limiter.succeeded();
    } catch (error) {
      isDelivered = false;
      this.counts.failed++;
      if (this.failures.length < mostFailures) this.failures.push({ letter, error });
    }
    this.tell();
    return isDelivered;
  }

  private hold(): void {
    this.counts.heldBack++;
    this.tell();
  }

  private tell(): void {
    this.how.onProgress({ ...this.counts });
  }
}

/** As bytes that no serializer of the target's is to touch. */
const serialized = ({ topic, key, value, headers, partition, timestamp }: OriginalRecord): SerializedRecord =>
  new SerializedRecord(topic, key, value, headers, partition, timestamp);
