import { LaneOrder, RateLimiter, plainAnswer } from '@holdfast/core/internal';
import { laneOf, recordBytes, type Clock, type SerializedRecord } from '@holdfast/core/stage';
import type { Damage } from '../damage.js';
import { BacklogReader, type ReadRecord } from '../log/read/backlog-reader.js';
import type { OpenJournal } from '../open/open-journal.js';
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
  /** That were not sent because an earlier record of their key, or partition, had failed; they stay in the journal. */
  readonly heldBack: number;
  /** That `filter` left out; they stay in the journal. */
  readonly skipped: number;
}

export interface ReplayReport extends ReplayProgress {
  /** Of the first record that failed. */
  readonly error: unknown;
  /**
   * Nothing was delivered for `stopAfterMs`: the sequence number of the first record that was not reached. It and those behind it stay in
   * the journal, and the next call goes on with them. `undefined`: all were reached.
   */
  readonly stoppedAt: number | undefined;
  /** Where the journal was not as it was written, harmless ends of a crash included. Every whole frame is kept, the rest quarantined. */
  readonly damage: readonly Damage[];
}

export interface ReplayHow {
  /** Records a second, at most. Default: as fast as the target takes them. */
  readonly rate: number;
  /** Records that the target has and has not answered, at most. Default 1,000. */
  readonly maxInFlight: number;
  /**
   * When so many ms have passed since a record was sent, and neither it nor any since was delivered, no more are sent; it ends when those
   * under way have ended without success. Default 60,000 ms; `Infinity`: it goes on whatever fails.
   */
  readonly stopAfterMs: number;
  /** False: the record is left where it is. Default: all are sent. */
  readonly filter: (record: ExportedRecord) => boolean;
  /** Called whenever a record is settled or left out. What it throws ends the replay. */
  readonly onProgress: (progress: ReplayProgress) => void;
}

/** Whether the user means this record; a dry run asks the same. */
export const isDue = (record: ExportedRecord, filter: ReplayHow['filter']): boolean =>
  Boolean(plainAnswer('filter', filter(record)));

/** Reads back what waits in a journal and sends it, so many at a time, and one of each lane. */
export class Replay {
  private delivered = 0;
  private failed = 0;
  private heldBack = 0;
  private skipped = 0;
  private error: unknown;
  private stoppedAt: number | undefined;
  private readonly order = new LaneOrder();
  private readonly limiter: RateLimiter;

  constructor(
    private readonly journal: OpenJournal,
    private readonly target: ReplayTarget,
    private readonly how: ReplayHow,
    clock: Clock,
    signal: AbortSignal,
  ) {
    this.limiter = new RateLimiter({ ...how, clock, signal });
  }

  report(): ReplayReport {
    const { delivered, failed, heldBack, skipped, error, stoppedAt } = this;
    const { backlog: live, damage } = this.journal;
    return { live, delivered, failed, heldBack, skipped, error, stoppedAt, damage };
  }

  /** Resolves when all that was sent is settled. */
  async run(): Promise<void> {
    const { segments, firstLive } = this.journal;
    // What is damaged was found when it was recovered.
    const reader = new BacklogReader(segments, firstLive, () => undefined);
    try {
      await this.takeAll(reader);
    } finally {
      await this.limiter.settled();
      await reader.end();
    }
    this.limiter.throwIfBroken();
  }

  private async takeAll(reader: BacklogReader): Promise<void> {
    for (let found = await reader.read(); found !== undefined; found = await reader.read()) {
      for (const one of found) {
        if (this.limiter.isOver) return;
        await this.take(one);
      }
    }
  }

  private async take({ sequence, record }: ReadRecord): Promise<void> {
    if (!isDue(exported(sequence, false, record), this.how.filter)) {
      this.skipped++;
      return this.tell();
    }
    const lane = laneOf(record);
    if (this.order.isHeld(lane)) return this.hold();
    const send = (): Promise<boolean> => this.send(sequence, record);
    await this.limiter.begin(recordBytes(record), () => this.order.run(lane, send, () => this.hold()));
    if (this.limiter.isStopped) this.stoppedAt = sequence;
  }

  /** False: none behind it in its lane may go. */
  private async send(sequence: number, record: SerializedRecord): Promise<boolean> {
    // It may have waited for others of its lane.
    if (this.limiter.isOver) return true;
    const isDelivered = await this.reaches(record);
    if (isDelivered) {
      this.delivered++;
      this.journal.log.acknowledge(sequence);
      this.limiter.succeeded();
    } else this.failed++;
    this.tell();
    return isDelivered;
  }

  private async reaches(record: SerializedRecord): Promise<boolean> {
    try {
      await this.target.send(record);
      return true;
    } catch (error) {
      this.error ??= error;
      return false;
    }
  }

  private hold(): void {
    this.heldBack++;
    this.tell();
  }

  private tell(): void {
    const { live, delivered, failed, heldBack, skipped } = this.report();
    this.how.onProgress({ live, delivered, failed, heldBack, skipped });
  }
}
