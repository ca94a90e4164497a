import { plainAnswer, recordBytes, type Clock, type SerializedRecord } from '@holdfast/core';
import type { Damage } from '../damage.js';
import { BacklogReader, type ReadRecord } from '../log/backlog-reader.js';
import type { OpenJournal } from '../open-journal.js';
import { exported, type ExportedRecord } from './exported.js';

/** A producer, or whatever takes records and says when they are safe. */
export interface ReplayTarget {
  /** Resolves when the record is delivered; rejects when it is not. The record is bytes: a producer leaves its serializers out. */
  send(record: SerializedRecord): Promise<unknown>;
}

export interface ReplayProgress {
  /** That waited to be sent. */
  readonly live: number;
  /** Of these: delivered, and acknowledged in the journal. */
  readonly delivered: number;
  /** That the target refused; they stay in the journal. */
  readonly failed: number;
  /** That `filter` left out; they stay in the journal. */
  readonly skipped: number;
}

export interface ReplayReport extends ReplayProgress {
  /** Of the first record that failed. */
  readonly error: unknown;
  /** Where the journal was not as it was written, harmless ends of a crash included. Every whole frame is kept, the rest quarantined. */
  readonly damage: readonly Damage[];
}

export interface ReplayHow {
  /** Records a second, at most. Default: as fast as the target takes them. */
  readonly rate: number;
  /** Records that the target has and has not answered, at most. Default 1,000. */
  readonly maxInFlight: number;
  /** False: the record is left where it is. Default: all are sent. */
  readonly filter: (record: ExportedRecord) => boolean;
  /** Called whenever a record is settled or left out. What it throws ends the replay. */
  readonly onProgress: (progress: ReplayProgress) => void;
}

const mostBytes = 32 * 1024 * 1024;
/** A timer may be late by this without the rate falling; a longer delay is not made up for, as that would be a burst. */
const slackMs = 20;

/** Reads back what waits in a journal and sends it, so many at a time. */
export class Replay {
  private delivered = 0;
  private failed = 0;
  private skipped = 0;
  private error: unknown;
  private inFlight = 0;
  private inFlightBytes = 0;
  /** By the user's `onProgress`, for a record that had come back. */
  private thrown: { readonly error: unknown } | undefined;
  private settled: () => void = () => undefined;
  /** When `rate` lets the next one go. */
  private nextAt: number;

  constructor(
    private readonly journal: OpenJournal,
    private readonly target: ReplayTarget,
    private readonly how: ReplayHow,
    private readonly clock: Clock,
    private readonly signal: AbortSignal,
  ) {
    this.nextAt = clock.now();
  }

  report(): ReplayReport {
    const { delivered, failed, skipped, error } = this;
    const { backlog: live, damage } = this.journal;
    return { live, delivered, failed, skipped, error, damage };
  }

  /** Resolves when all that was sent is settled. */
  async run(): Promise<void> {
    const { segments, firstLive } = this.journal;
    // What is damaged was found when it was recovered.
    const reader = new BacklogReader(segments, firstLive, () => undefined);
    try {
      await this.takeAll(reader);
    } finally {
      await this.until(() => this.inFlight === 0);
      await reader.end();
    }
    if (this.thrown !== undefined) throw this.thrown.error;
  }

  private async takeAll(reader: BacklogReader): Promise<void> {
    for (let found = await reader.read(); found !== undefined; found = await reader.read()) {
      for (const one of found) {
        if (this.isOver()) return;
        await this.take(one);
      }
    }
  }

  private isOver(): boolean {
    return this.signal.aborted || this.thrown !== undefined;
  }

  private async take({ sequence, record }: ReadRecord): Promise<void> {
    const { filter, maxInFlight, rate } = this.how;
    if (!plainAnswer('filter', filter(exported(sequence, false, record)))) {
      this.skipped++;
      return this.tell();
    }
    await this.until(() => this.inFlight < maxInFlight && this.inFlightBytes < mostBytes);
    const waitMs = this.nextAt - this.clock.now();
    if (waitMs > 0 && !this.isOver()) await this.pause(waitMs);
    this.nextAt = Math.max(this.nextAt, this.clock.now() - slackMs) + 1_000 / rate;
    if (!this.isOver()) void this.send(sequence, record);
  }

  private async send(sequence: number, record: SerializedRecord): Promise<void> {
    const bytes = recordBytes(record);
    this.inFlight++;
    this.inFlightBytes += bytes;
    try {
      await this.target.send(record);
      this.delivered++;
      this.journal.log.acknowledge(sequence);
    } catch (error) {
      this.error ??= error;
      this.failed++;
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

  private tell(): void {
    const { live, delivered, failed, skipped } = this.report();
    this.how.onProgress({ live, delivered, failed, skipped });
  }

  private async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => (this.settled = resolve));
  }
}
