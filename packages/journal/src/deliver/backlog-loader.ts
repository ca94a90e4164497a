import type { Logger } from '@holdfast/core';
import type { Clock } from '@holdfast/core/stage';
import * as errors from '../errors.js';

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
  /** The failure that the log has last. */
  private told: string | undefined;

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
        this.worked();
        if (more || this.again) this.onMore();
      },
      (error: unknown) => this.failed(error),
    );
  }

  end(): void {
    this.ended = true;
  }

  private worked(): void {
    if (this.told === undefined) return;
    this.told = undefined;
    this.logger.warn('the journal can be read back again');
  }

  private failed(error: unknown): void {
    if (this.ended) return;
    const message = errors.messageOf(error);
    // It is tried each second: the same again is no news.
    if (message !== this.told)
      this.logger.error('the journal cannot be read back now; it is tried again', { error: message });
    this.told = message;
    this.clock.after(rereadMs, () => {
      this.isReading = false;
      this.onMore();
    });
  }
}
