import { ProducerError } from '@holdfast/core';
import {
  failed,
  FlushTracker,
  untilDeadline,
  type Delivery,
  type Env,
  type Send,
  type Settle,
  type Stage,
  type Timer,
} from '@holdfast/core/stage';

interface Waiting {
  readonly delivery: Delivery;
  readonly settle: Settle;
}

/** Hands records on one by one, so many a second; holds ten, more only if it has to. */
export class RateLimitStage implements Stage {
  private readonly tracker = new FlushTracker();
  private queue: Waiting[] = [];
  private wanting: (() => void)[] = [];
  private timer: Timer | undefined;
  /** Monotonic ms. */
  private nextAt = 0;
  private closed = false;

  constructor(
    private readonly next: Send,
    private readonly env: Env,
    private readonly perSecond: number,
  ) {}

  send(batch: Delivery[], settle: Settle): void {
    for (const { createdAt } of batch) this.tracker.add(createdAt);
    const up: Settle = (settled) => {
      for (const { createdAt } of settled) this.tracker.remove(createdAt);
      settle(settled);
    };
    for (const delivery of batch) this.queue.push({ delivery, settle: up });
    this.move();
  }

  ready(): Promise<void> | undefined {
    if (this.queue.length < 10) return this.env.ready();
    return new Promise((done) => this.wanting.push(done));
  }

  async flush(deadline: number): Promise<void> {
    await untilDeadline(this.tracker.drained(this.env.clock.now()), deadline, this.env.clock);
  }

  async close(deadline: number): Promise<void> {
    await this.flush(deadline);
    this.closed = true;
    this.timer?.cancel();
    this.giveUp(this.queue.splice(0), 'CLOSE_TIMEOUT');
  }

  private move(): void {
    this.timer?.cancel();
    if (this.closed) return this.giveUp(this.queue.splice(0), 'CLOSED');
    const { clock } = this.env;
    const late = this.queue.filter(({ delivery }) => delivery.deadline <= clock.now());
    this.queue = this.queue.filter((one) => !late.includes(one));
    this.giveUp(late, 'DELIVERY_TIMEOUT');
    const room = this.env.ready();
    if (room !== undefined) void room.then(() => this.move());
    else if (clock.now() >= this.nextAt) this.handOnOne();
    if (this.queue.length < 10) for (const done of this.wanting.splice(0)) done();
    if (this.queue.length > 0) this.waitFor(room === undefined ? this.nextAt : Infinity);
  }

  private handOnOne(): void {
    const first = this.queue.shift();
    if (first === undefined) return;
    this.nextAt = this.env.clock.now() + 1_000 / this.perSecond;
    this.next([first.delivery], first.settle);
  }

  /** Until the next may go, or the first of those that wait has to give up. */
  private waitFor(goesAt: number): void {
    const { clock } = this.env;
    const at = this.queue.reduce((least, { delivery }) => Math.min(least, delivery.deadline), goesAt);
    if (at !== Infinity) this.timer = clock.after(Math.max(0, at - clock.now()), () => this.move());
  }

  private giveUp(left: readonly Waiting[], code: string): void {
    for (const { delivery, settle } of left) {
      delivery.outcome = failed(new ProducerError(code, 'the rate limit left no room for it'));
      settle([delivery]);
    }
  }
}
