import type { Clock } from '../contract/env.js';
import { Notify } from './notify.js';

export interface RateLimiterOptions {
  /** Records a second, at most. */
  readonly rate: number;
  /** Records under way, at most. */
  readonly maxInFlight: number;
  /** So many ms after the first record without a success since, nothing more begins. */
  readonly stopAfterMs: number;
  readonly clock: Clock;
  /** Ends it: nothing more begins. */
  readonly signal: AbortSignal;
}

const mostBytes = 32 * 1024 * 1024;
/** A timer may be late by this without the rate falling; a longer delay is not made up for, as that would be a burst. */
const slackMs = 20;

/** Lets one record after the other go, so many a second, and so many at a time. */
export class RateLimiter {
  private records = 0;
  private bytes = 0;
  private nextAt: number;
  private broken: { readonly error: unknown } | undefined;
  /** When the first record began of which, and of those since, none succeeded. */
  private vainSince: number | undefined;
  private stopped = false;
  private readonly moved = new Notify();

  constructor(private readonly options: RateLimiterOptions) {
    this.nextAt = options.clock.now();
  }

  /** Nothing more begins. */
  get isOver(): boolean {
    return this.options.signal.aborted || this.broken !== undefined || this.stopped;
  }

  /** Nothing succeeded for `stopAfterMs`, and nothing is under way that still could. */
  get isStopped(): boolean {
    return this.stopped;
  }

  succeeded(): void {
    this.vainSince = undefined;
  }

  /** Resolves when it was the record's turn, and `work` has begun; when it rejects, nothing more begins. */
  async begin(bytes: number, work: () => Promise<void>): Promise<void> {
    const { rate, maxInFlight, clock } = this.options;
    await this.until(() => this.records < maxInFlight && this.bytes < mostBytes);
    if (this.isInVain) await this.until(() => this.records === 0 || !this.isInVain);
    if (this.isInVain) this.stopped = true;
    const waitMs = this.nextAt - clock.now();
    if (waitMs > 0 && !this.isOver) await this.pause(waitMs);
    this.nextAt = Math.max(this.nextAt, clock.now() - slackMs) + 1_000 / rate;
    if (!this.isOver) void this.run(bytes, work);
  }

  /** Resolves when nothing is under way. */
  settled(): Promise<void> {
    return this.until(() => this.records === 0);
  }

  /** With what a `work` rejected with. */
  throwIfBroken(): void {
    if (this.broken !== undefined) throw this.broken.error;
  }

  private get isInVain(): boolean {
    const { vainSince, options } = this;
    return vainSince !== undefined && options.clock.now() - vainSince >= options.stopAfterMs;
  }

  private async run(bytes: number, work: () => Promise<void>): Promise<void> {
    this.vainSince ??= this.options.clock.now();
    this.records++;
    this.bytes += bytes;
    try {
      await work();
    } catch (error) {
      this.broken ??= { error };
    }
    this.records--;
    this.bytes -= bytes;
    this.moved.notifyAll();
  }

  private async until(condition: () => boolean): Promise<void> {
    while (!condition()) await this.moved.wait();
  }

  /** The signal ends it. */
  private async pause(ms: number): Promise<void> {
    const { clock, signal } = this.options;
    await new Promise<void>((resolve) => {
      const end = (): void => {
        timer.cancel();
        signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = clock.after(ms, end);
      signal.addEventListener('abort', end);
    });
  }
}
