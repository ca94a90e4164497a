import type { Clock } from '../contract/env.js';
import { Notify } from './notify.js';
import { sleep } from './sleep.js';

export interface RateLimiterOptions {
  /** Records per second, at most. */
  readonly rate: number;
  /** Records in flight, at most. */
  readonly maxInFlight: number;
  /**
   * Nothing more begins when this long, ms, has passed since a record began with no success since.
   */
  readonly stopAfterMs: number;
  readonly clock: Clock;
  /** Nothing more begins once it is aborted. */
  readonly signal: AbortSignal;
}

const mostBytes = 32 * 1024 * 1024;
/**
 * A timer may be this late without lowering the rate. Making up for a longer delay would be a
 * burst.
 */
const slackMs = 20;

/** Starts one piece of work per record, limited per second, in number and in bytes in flight. */
export class RateLimiter {
  private records = 0;
  private bytes = 0;
  private nextAt: number;
  private broken: { readonly error: unknown } | undefined;
  /** When the first record began since the last success; `undefined`: none has. */
  private vainSince: number | undefined;
  private stopped = false;
  private readonly ended = new Notify();

  constructor(private readonly options: RateLimiterOptions) {
    this.nextAt = options.clock.now();
  }

  /** Nothing more begins. */
  get isOver(): boolean {
    return this.options.signal.aborted || this.broken !== undefined || this.stopped;
  }

  /** Nothing succeeded for `stopAfterMs`, and nothing in flight still could. */
  get isStopped(): boolean {
    return this.stopped;
  }

  succeeded(): void {
    this.vainSince = undefined;
  }

  /**
   * Resolves when the record's turn has come and `work` has begun. When `work` rejects, nothing
   * more begins.
   */
  async begin(bytes: number, work: () => Promise<void>): Promise<void> {
    const { rate, maxInFlight, clock, signal } = this.options;
    await this.until(() => this.records < maxInFlight && this.bytes < mostBytes);
    if (this.isInVain) await this.until(() => this.records === 0 || !this.isInVain);
    if (this.isInVain) this.stopped = true;
    const waitMs = this.nextAt - clock.now();
    if (waitMs > 0 && !this.isOver) await sleep(clock, waitMs, signal);
    this.nextAt = Math.max(this.nextAt, clock.now() - slackMs) + 1_000 / rate;
    if (!this.isOver) void this.run(bytes, work);
  }

  /** Resolves when nothing is in flight. */
  settled(): Promise<void> {
    return this.until(() => this.records === 0);
  }

  /** Throws what the first `work` to fail rejected with. */
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
    this.ended.notifyAll();
  }

  private async until(condition: () => boolean): Promise<void> {
    while (!condition()) await this.ended.wait();
  }
}
