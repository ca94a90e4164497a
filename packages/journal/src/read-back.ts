import type { Clock, Logger } from '@holdfast/core';
import * as errors from './errors.js';

/** After a failed read. */
const rereadMs = 1_000;

export interface Backlog {
  /** Something is to be read back. */
  readonly isBehind: boolean;
  /** Reads some of it. Answers false when there is nothing more to be read now. Rejects when the disk fails. */
  load(): Promise<boolean>;
}

/** Has a backlog read back what is on disk alone, one read at a time, as long as the disk takes to answer. */
export class ReadBack {
  private isReading = false;
  private again = false;
  private ended = false;

  constructor(
    private readonly backlog: Backlog,
    private readonly clock: Clock,
    private readonly logger: Logger,
    private readonly onMore: () => void,
  ) {}

  /** Calls `onMore` when there is more to be handed down. */
  begin(): void {
    if (!this.backlog.isBehind) return;
    if (this.isReading) {
      this.again = true;
      return;
    }
    this.isReading = true;
    this.again = false;
    this.backlog.load().then(
      (more) => {
        this.isReading = false;
        if (more || this.again) this.onMore();
      },
      (error: unknown) => this.failed(error),
    );
  }

  end(): void {
    this.ended = true;
  }

  private failed(error: unknown): void {
    if (this.ended) return;
    this.logger.error('the journal cannot be read back now; it is tried again', {
      error: errors.messageOf(error),
    });
    this.clock.after(rereadMs, () => {
      this.isReading = false;
      this.onMore();
    });
  }
}
