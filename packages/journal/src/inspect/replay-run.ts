import { plainAnswer, Replay, replayLimitsOf } from '@holdfast/core/internal';
import type { Clock, SerializedRecord } from '@holdfast/core/stage';
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

/** Reads back what waits in a journal, sends it, and acknowledges what was delivered. */
export class JournalReplay {
  private skipped = 0;
  private error: unknown;
  private readonly replay: Replay<ReadRecord>;

  constructor(
    private readonly journal: OpenJournal,
    target: ReplayTarget,
    private readonly how: ReplayHow,
    clock: Clock,
    signal: AbortSignal,
  ) {
    this.replay = new Replay<ReadRecord>({
      ...replayLimitsOf(how),
      target,
      recordOf: ({ record }) => record,
      onDelivered: ({ sequence }) => journal.log.acknowledge(sequence),
      onFailed: (_, error) => (this.error ??= error),
      onProgress: () => this.reportProgress(),
      clock,
      signal,
    });
  }

  report(): ReplayReport {
    const { skipped, error, replay } = this;
    const { delivered, failed, heldBack } = replay.counts;
    const { backlog: live, damage } = this.journal;
    const stoppedAt = replay.stoppedAt?.sequence;
    return { live, delivered, failed, heldBack, skipped, error, stoppedAt, damage };
  }

  /** Resolves when all that was sent is settled. */
  async run(): Promise<void> {
    const { segments, firstLive } = this.journal;
    // What is damaged was found when it was recovered.
    const reader = new BacklogReader(segments, firstLive, () => undefined);
    try {
      await this.replay.run(this.dueRecords(reader));
    } finally {
      await reader.end();
    }
  }

  private async *dueRecords(reader: BacklogReader): AsyncGenerator<ReadRecord> {
    for (let found = await reader.read(); found !== undefined; found = await reader.read()) {
      for (const one of found) {
        if (this.replay.isOver) return;
        if (isDue(exported(one.sequence, false, one.record), this.how.filter)) yield one;
        else this.skip();
      }
    }
  }

  private skip(): void {
    this.skipped++;
    this.reportProgress();
  }

  private reportProgress(): void {
    const { live, delivered, failed, heldBack, skipped } = this.report();
    this.how.onProgress({ live, delivered, failed, heldBack, skipped });
  }
}
