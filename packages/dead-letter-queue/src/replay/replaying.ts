import { plainAnswer, recordBytes, SerializedRecord, type Clock } from '@holdfast/core';
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
}

export interface DeadLetterReplayHow {
  readonly rate: number;
  readonly maxInFlight: number;
  readonly again: boolean;
  readonly filter: (letter: StoredDeadLetter) => boolean;
  readonly onProgress: (progress: DeadLetterReplayProgress) => void;
  readonly onUnreadable: (one: UnreadableLetter) => void;
}

const mostFailures = 100;
/** A timer may be late by this without the rate falling; a longer delay is not made up for, as that would be a burst. */
const slackMs = 20;
const mostBytes = 32 * 1024 * 1024;

/** Reads a source once and sends what is due, so many at a time. */
export class DeadLetterReplay {
  private readonly counts = {
    read: 0,
    due: 0,
    replayed: 0,
    failed: 0,
    skipped: 0,
    alreadyReplayed: 0,
    unreadable: 0,
  };
  private readonly failures: { letter: StoredDeadLetter; error: unknown }[] = [];
  /** Of this run: a letter may stand twice in its files when a sync has failed. */
  private readonly seen = new Set<string>();
  private inFlight = 0;
  private inFlightBytes = 0;
  /** By the user's `onProgress`, for a letter that had come back. */
  private thrown: { readonly error: unknown } | undefined;
  private settled: () => void = () => undefined;
  /** When `rate` lets the next one go. */
  private nextAt: number;

  constructor(
    /** `undefined`: nothing is sent. */
    private readonly target: DeadLetterReplayTarget | undefined,
    private readonly notes: Pick<Notes, 'has' | 'add' | 'failed'>,
    private readonly how: DeadLetterReplayHow,
    private readonly clock: Clock,
    private readonly signal: AbortSignal,
  ) {
    this.nextAt = clock.now();
  }

  report(): DeadLetterReplayReport {
    return { ...this.counts, failures: [...this.failures] };
  }

  /** Resolves when all that was sent is settled. */
  async run(source: DeadLetterSource): Promise<void> {
    try {
      await this.takeAll(source);
    } finally {
      await this.until(() => this.inFlight === 0);
    }
    if (this.thrown !== undefined) throw this.thrown.error;
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
    return this.signal.aborted || this.notes.failed !== undefined || this.thrown !== undefined;
  }

  private async take(letter: StoredDeadLetter): Promise<void> {
    this.counts.read++;
    if (!this.isDue(letter)) return this.tell();
    this.counts.due++;
    this.seen.add(letter.id);
    if (this.target === undefined) return this.tell();
    const { maxInFlight, rate } = this.how;
    await this.until(() => this.inFlight < maxInFlight && this.inFlightBytes < mostBytes);
    const waitMs = this.nextAt - this.clock.now();
    if (waitMs > 0 && !this.isOver()) await this.pause(waitMs);
    this.nextAt = Math.max(this.nextAt, this.clock.now() - slackMs) + 1_000 / rate;
    if (!this.isOver()) void this.send(letter, this.target);
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

  private async send(letter: StoredDeadLetter, target: DeadLetterReplayTarget): Promise<void> {
    const record = serialized(letter.record);
    const bytes = recordBytes(record);
    this.inFlight++;
    this.inFlightBytes += bytes;
    try {
      await target.send(record);
      this.counts.replayed++;
      this.notes.add(letter.id);
    } catch (error) {
      this.counts.failed++;
      if (this.failures.length < mostFailures) this.failures.push({ letter, error });
    }
    this.inFlight--;
    this.inFlightBytes -= bytes;
    try {
      this.tell();
    } catch (error) {
      this.thrown ??= { error };
    }
    this.settled();
  }

  private tell(): void {
    this.how.onProgress({ ...this.counts });
  }

  /** The signal ends it. */
  private async pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const end = (): void => {
        timer.cancel();
        this.signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = this.clock.after(ms, end);
      this.signal.addEventListener('abort', end);
    });
  }

  private async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => (this.settled = resolve));
  }
}

/** As bytes that no serializer of the target's is to touch. */
const serialized = ({ topic, key, value, headers, partition, timestamp }: OriginalRecord): SerializedRecord =>
  new SerializedRecord(topic, key, value, headers, partition, timestamp);
