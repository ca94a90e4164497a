import type { Clock, Timer } from '@holdfast/core/stage';

export interface OutageListener {
  /**
   * Records wait and the disk does not take them: `error` says why. It is tried again until `resumed`. Who forgets the records hears
   * of those that come later, too; `isNew` is false then.
   */
  stalled(error: unknown, isNew: boolean): void;
  resumed(): void;
}

const firstRetryMs = 100;
const longestRetryMs = 5_000;

/** Why the disk takes no records, and when it is tried again: after 100 ms, and twice as long each time, up to 5 s. */
export class Outage {
  private failure: { readonly error: unknown } | undefined;
  private retryMs = firstRetryMs;
  private timer: Timer | undefined;
  /** Writes and syncs that failed since one succeeded. */
  private lapses = 0;
  private stall: { readonly error: unknown } | undefined;
  /** Records were given up since there was a segment for them last. */
  private dropped = false;
  private drops = false;

  constructor(
    private readonly clock: Clock,
    private readonly listener: OutageListener,
    private readonly onRetry: () => void,
  ) {}

  /** Something failed, and did not succeed since. */
  get isOn(): boolean {
    return this.failure !== undefined;
  }

  /** `undefined`: no record waits for the disk. */
  get stalledBy(): unknown {
    return this.stall?.error;
  }

  /** It will be tried again later, and not before. */
  get isWaiting(): boolean {
    return this.timer !== undefined;
  }

  /** Writes fail again and again: nothing is written before it is tried again. */
  get isWaitingToWrite(): boolean {
    return this.isWaiting && this.lapses > 1;
  }

  /** Nothing waits for the disk, and only because it was given up. */
  get hasDropped(): boolean {
    return this.dropped;
  }

  /** No segment could be made. */
  failed(error: unknown): void {
    this.failure = { error };
    this.wait(this.retryMs);
    this.retryMs = Math.min(longestRetryMs, this.retryMs * 2);
  }

  /** A write or sync failed. False: another segment may be tried at once. */
  lapsed(error: unknown): boolean {
    this.failure = { error };
    this.cancel();
    if (++this.lapses === 1) return false;
    this.wait(Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(this.lapses - 2, 10)));
    return true;
  }

  /** There is a segment for what comes. */
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
    this.lapses = 0;
  }

  drop(): void {
    this.dropped = this.drops = true;
  }

  /** Tells whoever needs to know; `waits`: there are records that the disk should take. */
  report(waits: boolean): void {
    const before = this.stall;
    const now = this.dropped || waits ? this.failure : undefined;
    this.stall = now;
    if (now === undefined) {
      if (before !== undefined) this.listener.resumed();
    } else if (before === undefined || (this.drops && waits)) {
      this.listener.stalled(now.error, before === undefined);
    }
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
