import type { Clock, Timer } from '@holdfast/core/stage';

const firstRetryMs = 100;
const longestRetryMs = 5_000;

/** `stalled again`: records that were dropped were followed by others. */
export type OutageChange = 'stalled' | 'stalled again' | 'resumed' | undefined;

/**
 * Why the disk takes no records, and when it is tried again: after 100 ms, and twice as long each
 * time, up to 5 s.
 */
export class DiskOutage {
  private failure: { readonly error: unknown } | undefined;
  private retryMs = firstRetryMs;
  private timer: Timer | undefined;
  /** Writes and syncs that failed since the last one that succeeded. */
  private writeFailures = 0;
  private stall: { readonly error: unknown } | undefined;
  /** Records were dropped since there last was a segment for them. */
  private dropped = false;
  private everDropped = false;

  constructor(
    private readonly clock: Clock,
    private readonly onRetry: () => void,
  ) {}

  /** Something failed, and nothing has succeeded since. */
  get isOn(): boolean {
    return this.failure !== undefined;
  }

  /** `undefined`: no record waits for the disk. */
  get stalledBy(): unknown {
    return this.stall?.error;
  }

  /** The disk will be tried again later, and not before. */
  get isWaiting(): boolean {
    return this.timer !== undefined;
  }

  /** Writes fail again and again: nothing is written before the next try. */
  get isWaitingToWrite(): boolean {
    return this.isWaiting && this.writeFailures > 1;
  }

  /** No record waits for the disk, but only because records were dropped. */
  get hasDropped(): boolean {
    return this.dropped;
  }

  /** No segment could be prepared. */
  failed(error: unknown): void {
    this.failure = { error };
    this.wait(this.retryMs);
    this.retryMs = Math.min(longestRetryMs, this.retryMs * 2);
  }

  /** A write or sync failed. Returns false when another segment may be tried at once. */
  writeFailed(error: unknown): boolean {
    this.failure = { error };
    this.cancel();
    if (++this.writeFailures === 1) return false;
    this.wait(Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(this.writeFailures - 2, 10)));
    return true;
  }

  /** There is a segment for the next records. */
  prepared(): void {
    if (this.isWaiting) return;
    this.failure = undefined;
    this.dropped = false;
    this.retryMs = firstRetryMs;
  }

  began(): void {
    this.dropped = false;
  }

  wrote(): void {
    this.writeFailures = 0;
  }

  drop(): void {
    this.dropped = this.everDropped = true;
  }

  /** Returns what is to be reported; `waits`: there are records that the disk should take. */
  update(waits: boolean): OutageChange {
    const before = this.stall;
    this.stall = this.dropped || waits ? this.failure : undefined;
    if (this.stall === undefined) return before === undefined ? undefined : 'resumed';
    if (before === undefined) return 'stalled';
    return this.everDropped && waits ? 'stalled again' : undefined;
  }

  cancel(): void {
    this.timer?.cancel();
    this.timer = undefined;
  }

  private wait(ms: number): void {
    this.cancel();
    this.timer = this.clock.after(ms, () => {
      this.timer = undefined;
      this.onRetry();
    });
  }
}
