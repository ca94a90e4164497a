import { synchronousResult, Replay } from '@holdfast/core/internal';
import { SerializedRecord } from '@holdfast/core/stage';
import type { OriginalRecord } from '../letter/dead-letter.js';
import type { DeadLetterReplayTarget, ResolvedReplayOptions } from './options.js';
import type { ProgressFile } from './progress-file.js';
import type { DeadLetterReplayProgress, DeadLetterReplayReport } from './report.js';
import { isUnreadable, type DeadLetterSource, type StoredDeadLetter } from './source.js';

/** The letters that earlier replays have delivered, and those that this one delivers. */
export type DeliveredLetters = Pick<ProgressFile, 'has' | 'add' | 'failed'>;

const maxFailures = 100;

/** Reads a source once, sends the letters that are due, and notes those that were delivered. */
export class DeadLetterReplay {
  private read = 0;
  private skipped = 0;
  private alreadyReplayed = 0;
  private unreadable = 0;
  private readonly failures: { letter: StoredDeadLetter; error: unknown }[] = [];
  /** Ids read by this run. After a failed sync, a letter may be in the files twice. */
  private readonly seen = new Set<string>();
  private readonly replay: Replay<StoredDeadLetter>;

  constructor(
    target: DeadLetterReplayTarget,
    private readonly delivered: DeliveredLetters,
    private readonly options: ResolvedReplayOptions,
  ) {
    const { rate, maxInFlight, stopAfterMs, dryRun, onProgress, clock, signal } = options;
    this.replay = new Replay<StoredDeadLetter>({
      ...{ rate, maxInFlight, stopAfterMs, clock, signal },
      target: dryRun ? undefined : target,
      recordOf: ({ record }) => serialized(record),
      onDelivered: ({ id }) => delivered.add(id),
      onFailed: (letter, error) => {
        if (this.failures.length < maxFailures) this.failures.push({ letter, error });
      },
      onProgress: () => onProgress(this.progress()),
      cannotNote: () => delivered.failed !== undefined,
    });
  }

  report(): DeadLetterReplayReport {
    return {
      ...this.progress(),
      failures: [...this.failures],
      stoppedAt: this.replay.stoppedAt?.place,
    };
  }

  /** Resolves when every record that was sent is settled. */
  run(source: DeadLetterSource): Promise<void> {
    return this.replay.run(this.dueLetters(source));
  }

  private async *dueLetters(source: DeadLetterSource): AsyncGenerator<StoredDeadLetter> {
    for await (const entry of source.read()) {
      if (this.replay.isOver) return;
      if (isUnreadable(entry)) {
        this.unreadable++;
        this.options.onUnreadable(entry);
      } else if (this.isDue(entry)) yield entry;
      else this.options.onProgress(this.progress());
    }
  }

  private isDue(letter: StoredDeadLetter): boolean {
    this.read++;
    if (this.seen.has(letter.id) || (!this.options.again && this.delivered.has(letter.id))) {
      this.alreadyReplayed++;
      return false;
    }
    if (!synchronousResult('filter', this.options.filter(letter))) {
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

/** Returns the record as bytes, so that the target does not apply its serializers. */
const serialized = ({ topic, key, value, headers, partition, timestamp }: OriginalRecord): SerializedRecord =>
  new SerializedRecord(topic, key, value, headers, partition, timestamp);
