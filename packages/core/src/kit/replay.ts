import type { Clock } from '../contract/env.js';
import { laneOf } from '../contract/lane.js';
import { recordBytes, type SerializedRecord } from '../contract/record.js';
import { numberBetween, wholeNumberBetween, type OptionChecks } from './check-options.js';
import { LaneOrder } from './lane-order.js';
import { RateLimiter } from './rate-limiter.js';

export interface ReplayLimits {
  /** Records per second, at most. Default: as fast as the target takes them. */
  readonly rate: number;
  /** Records in flight, at most. Default 1,000. */
  readonly maxInFlight: number;
  /**
   * The replay stops when nothing was delivered for this long, ms. Default 60,000; `Infinity`:
   * never.
   */
  readonly stopAfterMs: number;
}

export const replayLimitChecks: OptionChecks<ReplayLimits> = {
  rate: numberBetween(Number.MIN_VALUE, Infinity, 'records per second'),
  maxInFlight: wholeNumberBetween(1, 10_000_000),
  stopAfterMs: numberBetween(1, Infinity, 'ms'),
};

export const replayLimitsOf = ({
  rate = Infinity,
  maxInFlight = 1_000,
  stopAfterMs = 60_000,
}: Partial<ReplayLimits>): ReplayLimits => ({ rate, maxInFlight, stopAfterMs });

export interface ReplayCounts {
  /** Items to be sent. */
  readonly due: number;
  /** Of these: delivered, and noted as such. */
  readonly delivered: number;
  readonly failed: number;
  /** Not sent, because an earlier item of their lane had failed. */
  readonly heldBack: number;
}

export interface ReplayOptions<T> extends ReplayLimits {
  /** A producer, for example. `undefined`: a dry run that only counts what is due. */
  readonly target: { send(record: SerializedRecord): Promise<unknown> } | undefined;
  /** Returns the record as bytes, which no serializer of the target's touches. */
  readonly recordOf: (item: T) => SerializedRecord;
  /** Notes that the item was delivered, so that no later replay sends it. */
  readonly onDelivered: (item: T) => void;
  readonly onFailed: (item: T, error: unknown) => void;
  /** Called when a count has changed. What it throws ends the replay. */
  readonly onProgress: () => void;
  /** Returns whether deliveries can no longer be noted, which ends the replay. */
  readonly cannotNote?: () => boolean;
  readonly clock: Clock;
  /** Ends the replay: nothing more is sent. */
  readonly signal: AbortSignal;
}

/**
 * Sends stored records again, within limits. One record of each lane is in flight at a time; when
 * it fails, the ones behind it are held back, so that each lane stays in order.
 */
export class Replay<T> {
  private readonly count = { due: 0, delivered: 0, failed: 0, heldBack: 0 };
  private readonly order = new LaneOrder();
  private readonly limiter: RateLimiter;
  private stopped: T | undefined;

  constructor(private readonly options: ReplayOptions<T>) {
    this.limiter = new RateLimiter(options);
  }

  get counts(): ReplayCounts {
    return { ...this.count };
  }

  /**
   * The first item that was not reached, because nothing had been delivered for too long;
   * `undefined`: all were reached.
   */
  get stoppedAt(): T | undefined {
    return this.stopped;
  }

  /** Nothing more is sent. */
  get isOver(): boolean {
    return this.limiter.isOver || this.options.cannotNote?.() === true;
  }

  /**
   * Sends `items` in their order. Resolves when all that was sent is settled; rejects then with
   * what reading them or one of the callbacks threw. An aborted signal is no error here.
   */
  async run(items: AsyncIterable<T>): Promise<void> {
    try {
      for await (const item of items) {
        if (this.isOver) break;
        await this.take(item);
      }
    } finally {
      await this.limiter.settled();
    }
    this.limiter.throwIfBroken();
  }

  private async take(item: T): Promise<void> {
    const { target, recordOf, onProgress } = this.options;
    this.count.due++;
    if (target === undefined) return onProgress();
    const record = recordOf(item);
    const lane = laneOf(record);
    if (this.order.isHeld(lane)) return this.holdBack();
    const send = (): Promise<boolean> => this.send(item, () => target.send(record));
    await this.limiter.begin(recordBytes(record), () => this.order.run(lane, send, () => this.holdBack()));
    if (this.limiter.isStopped) this.stopped = item;
  }

  /** Resolves with whether the items behind it in its lane may follow. */
  private async send(item: T, deliver: () => Promise<unknown>): Promise<boolean> {
    // It may have waited for others of its lane, and the replay may have ended meanwhile.
    if (this.isOver) return true;
    const { onDelivered, onFailed, onProgress } = this.options;
    const failure = await failureOf(deliver);
    if (failure === undefined) {
      this.count.delivered++;
      onDelivered(item);
      this.limiter.succeeded();
    } else {
      this.count.failed++;
      onFailed(item, failure.error);
    }
    onProgress();
    return failure === undefined;
  }

  private holdBack(): void {
    this.count.heldBack++;
    this.options.onProgress();
  }
}

/**
 * Returns why a delivery failed; `undefined`: it did not. A target may throw instead of rejecting.
 */
async function failureOf(deliver: () => Promise<unknown>): Promise<{ readonly error: unknown } | undefined> {
  try {
    await deliver();
    return undefined;
  } catch (error) {
    return { error };
  }
}
