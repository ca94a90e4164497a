import type { Logger } from '@holdfast/core';
import type { Clock } from '@holdfast/core/stage';
import * as errors from '../errors.js';

/** After a failed read. */
const retryMs = 1_000;

/** Records on disk that can be loaded into memory. */
export interface Backlog {
  /** There is something to load. */
  readonly isBehind: boolean;
  /**
   * Loads some of it. Resolves with false when nothing can be loaded now. Rejects when the disk
   * fails.
   */
  load(): Promise<boolean>;
}

/**
 * Loads a backlog from disk, one read at a time, as fast as the disk answers; a read that failed is
 * repeated.
 */
export class BacklogLoader {
  private isLoading = false;
  private again = false;
  private ended = false;
  /** The failure that was logged last. */
  private logged: string | undefined;

  constructor(
    private readonly backlog: Backlog,
    private readonly clock: Clock,
    private readonly logger: Logger,
    /** Called when more records can be handed down. */
    private readonly onLoaded: () => void,
  ) {}

  /** Begins a read, if there is something to read and none is under way. */
  begin(): void {
    if (!this.backlog.isBehind) return;
    if (this.isLoading) {
      this.again = true;
      return;
    }
    this.isLoading = true;
    this.again = false;
    this.backlog.load().then(
      (more) => {
        this.isLoading = false;
        this.recovered();
        if (more || this.again) this.onLoaded();
      },
      (error: unknown) => this.failed(error),
    );
  }

  end(): void {
    this.ended = true;
  }

  private recovered(): void {
    if (this.logged === undefined) return;
    this.logged = undefined;
    this.logger.warn('the journal can be read back again');
  }

  private failed(error: unknown): void {
    if (this.ended) return;
    const message = errors.messageOf(error);
    // The read is repeated each second: the same failure again is no news.
    if (message !== this.logged)
      this.logger.error('the journal cannot be read back now; the read is repeated each second', {
        error: message,
      });
    this.logged = message;
    this.clock.after(retryMs, () => {
      this.isLoading = false;
      this.onLoaded();
    });
  }
}
