import { synchronousResult, Replay, replayLimitsOf } from '@holdfast/core/internal';
import type { Clock, SerializedRecord } from '@holdfast/core/stage';
import type { Damage } from '../damage.js';
import { BacklogReader, type ReadRecord } from '../log/read/backlog-reader.js';
import type { OpenJournal } from '../open/open-journal.js';
import { exported, type ExportedRecord } from './exported.js';

/** A producer, or anything else that takes records and reports when they are safe. */
export interface ReplayTarget {
  /**
   * Resolves when the record is delivered; rejects when it is not. Key and value are bytes: a
   * producer does not apply its serializers.
   */
  send(record: SerializedRecord): Promise<unknown>;
}

export interface ReplayProgress {
  /** Records that waited to be sent. */
  readonly live: number;
  /** Of these: delivered, and acknowledged in the journal. */
  readonly delivered: number;
  /** Records that the target rejected; they stay in the journal. */
  readonly failed: number;
  /**
   * Records that were not sent because an earlier one of their key, or partition, had failed; they
   * stay in the journal.
   */
  readonly heldBack: number;
  /** Records that `filter` left out; they stay in the journal. */
  readonly skipped: number;
}

export interface ReplayReport extends ReplayProgress {
  /** The error of the first record that failed. */
  readonly error: unknown;
  /**
   * Set when nothing was delivered for `stopAfterMs`: the sequence number of the first record that
   * was not reached. That one and those after it stay in the journal, and the next call goes on
   * with them. `undefined`: all were reached.
   */
  readonly stoppedAt: number | undefined;
  /**
   * Where the journal was not as it was written, including what a crash leaves. Every whole frame
   * is kept, the rest quarantined.
   */
  readonly damage: readonly Damage[];
}

export interface ReplayHow {
  /** Records per second, at most. Default: as fast as the target takes them. */
  readonly rate: number;
  /** Records that were given to the target and are not settled, at most. Default 1,000. */
  readonly maxInFlight: number;
  /**
   * When a record was sent this many ms ago, and neither it nor any since was delivered, no more
   * are sent, and the replay ends when those under way have failed. Default 60,000 ms; `Infinity`:
   * it goes on whatever fails.
   */
  readonly stopAfterMs: number;
  /** Returns false to leave the record where it is. Default: all are sent. */
  readonly filter: (record: ExportedRecord) => boolean;
  /** Called whenever a record is settled or left out. An error it throws ends the replay. */
  readonly onProgress: (progress: ReplayProgress) => void;
}

/** Returns whether the user's filter includes the record; a dry run calls it, too. */
export const isDue = (record: ExportedRecord, filter: ReplayHow['filter']): boolean =>
  Boolean(synchronousResult('filter', filter(record)));

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
    // Damage was found during recovery.
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
