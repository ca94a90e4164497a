import { ProducerError, type Middleware } from '@holdfast/core';
import { DeadlineSweep } from '@holdfast/core/internal';
import {
  failed,
  fork,
  Notify,
  SerializedRecord,
  untilDeadline,
  type Delivery,
  type Env,
  type Send,
  type Settle,
  type Stage,
  type Timer,
  type Traits,
} from '@holdfast/core/stage';
import { checkMiddleware } from './check-middleware.js';
import type { MiddlewareFeatures } from './subject.js';

export type Bind = (next: Send, env: Env) => Stage;

export const check = (
  name: string,
  bind: Bind,
  traits: Traits = {},
  features: MiddlewareFeatures = {},
): Promise<string[]> =>
  checkMiddleware({ name, create: () => ({ name, traits, bind }), features, seed: 1, runs: 5 });

export const said = async (
  name: string,
  bind: Bind,
  traits?: Traits,
  features?: MiddlewareFeatures,
): Promise<string> => (await check(name, bind, traits, features)).join('\n');

/** The smallest custom middleware. */
export const stamp = (app: string): Middleware => ({
  name: 'stamp',
  bind: (next) => ({
    send(batch, settle) {
      for (const d of batch) d.record.headers['app'] = app;
      next(batch, settle);
    },
  }),
});

/** Changes each value, as encryption does: none of the bytes that were sent can be read below. */
export const cipher: Bind = (next) => ({
  send(batch, settle) {
    for (const { record } of batch) record.value = record.value?.map((byte) => byte ^ 0xff) ?? null;
    next(batch, settle);
  },
});

export const copy = ({
  topic,
  key,
  value,
  headers,
  partition,
  timestamp,
}: SerializedRecord): SerializedRecord =>
  new SerializedRecord(topic, key, value, { ...headers }, partition, timestamp);

/** Answers for each record itself, and sends a fork of it down. */
export const keeper =
  (change = copy, tells = true): Bind =>
  (next, env) => ({
    send(batch, settle) {
      const own = batch.map((one) => fork(one, change(one.record)));
      for (const one of batch) one.outcome = { status: 'accepted', by: 'keeper' };
      settle(batch);
      next(own, (settled) => {
        for (const one of settled) {
          const { outcome } = one;
          const isLost = outcome?.status === 'failed' || outcome?.status === 'unknown';
          if (isLost && tells) env.undelivered(one, outcome);
        }
      });
    },
  });

/** One batch at a time in a lane, at most 1,000 records, each until its deadline. */
export class QueueStage implements Stage {
  private queue: { delivery: Delivery; settle: Settle }[] = [];
  private readonly busy = new Set<number>();
  private waiting: (() => void)[] = [];
  private soon = false;
  private held = 0;
  private readonly idle = new Notify();
  private readonly deadlines: DeadlineSweep;

  constructor(
    private readonly next: Send,
    private readonly env: Env,
  ) {
    this.deadlines = new DeadlineSweep({
      clock: env.clock,
      intervalMs: 10,
      sweep: (now) => this.expire(now),
    });
  }

  send(batch: Delivery[], settle: Settle): void {
    for (const delivery of batch) {
      this.queue.push({ delivery, settle });
      this.deadlines.watch(delivery.deadline);
    }
    this.held += batch.length;
    if (this.soon) return;
    this.soon = true;
    this.env.clock.soon(() => {
      this.soon = false;
      this.drain();
    });
  }

  ready(): Promise<void> | undefined {
    return this.queue.length < 1_000 ? this.env.ready() : new Promise((done) => this.waiting.push(done));
  }

  async flush(deadline: number): Promise<void> {
    if (this.held > 0) await untilDeadline(this.idle.wait(), deadline, this.env.clock);
  }

  async close(deadline: number): Promise<void> {
    await this.flush(deadline);
    this.deadlines.cancel();
    this.giveUp(this.queue.splice(0), new ProducerError('CLOSE_TIMEOUT', 'closed'));
  }

  private expire(now: number): void {
    const late = this.queue.filter(({ delivery }) => delivery.deadline <= now);
    this.queue = this.queue.filter((one) => !late.includes(one));
    this.deadlines.watchNext(Math.min(...this.queue.map(({ delivery }) => delivery.deadline)));
    this.giveUp(late, new ProducerError('DELIVERY_TIMEOUT', 'too late'));
  }

  private giveUp(left: typeof this.queue, error: ProducerError): void {
    this.release(left.length);
    for (const { delivery, settle } of left) {
      delivery.outcome = failed(error);
      settle([delivery]);
    }
  }

  private release(records: number): void {
    this.held -= records;
    if (this.held === 0) this.idle.notifyAll();
  }

  private drain(): void {
    const now: typeof this.queue = [];
    const later: typeof this.queue = [];
    const lanes = new Set<number>();
    for (const one of this.queue) {
      const { lane } = one.delivery;
      if (lane >= 0 && this.busy.has(lane)) later.push(one);
      else {
        now.push(one);
        lanes.add(lane);
      }
    }
    this.queue = later;
    for (const lane of lanes) this.busy.add(lane);
    for (const lane of lanes)
      this.handOn(
        now.filter(({ delivery }) => delivery.lane === lane),
        lane,
      );
    for (const done of this.waiting.splice(0)) done();
  }

  private handOn(batch: typeof this.queue, lane: number): void {
    let left = batch.length;
    const settles = new Map(batch.map(({ delivery, settle }) => [delivery, settle]));
    this.next(
      batch.map(({ delivery }) => delivery),
      (settled) => {
        left -= settled.length;
        this.release(settled.length);
        for (const delivery of [...settled]) settles.get(delivery)?.([delivery]);
        if (left > 0) return;
        this.busy.delete(lane);
        this.drain();
      },
    );
  }
}

/** Tries again after a fixed delay, until the delivery deadline: what failed of a batch goes again together, in its order. */
export class RetryStage implements Stage {
  /** For the rest of their batch, or for their time. */
  private readonly waiting = new Map<Delivery, Settle>();
  private readonly timers = new Set<Timer>();
  private readonly doubtful = new WeakSet<Delivery>();
  private closed = false;

  constructor(
    private readonly next: Send,
    private readonly env: Env,
    private readonly delayMs: number,
  ) {}

  readonly send = (batch: Delivery[], settle: Settle): void => {
    const sent = [...batch];
    let left = sent.length;
    this.next(batch, (settled) => {
      left -= settled.length;
      for (const one of settled) if (one.outcome?.status === 'unknown') this.doubtful.add(one);
      const done = settled.filter((one) => !this.again(one));
      for (const one of settled) if (this.again(one)) this.waiting.set(one, settle);
      if (done.length > 0) settle(done.map((one) => this.truth(one)));
      if (left === 0)
        this.wait(
          sent.filter((one) => this.waiting.has(one)),
          settle,
        );
    });
  };

  close(): void {
    this.closed = true;
    for (const timer of this.timers) timer.cancel();
    for (const [delivery, settle] of this.waiting) settle([this.truth(delivery)]);
    this.waiting.clear();
  }

  private wait(deliveries: Delivery[], settle: Settle): void {
    if (deliveries.length === 0) return;
    const timer = this.env.clock.after(this.delayMs, () => {
      this.timers.delete(timer);
      for (const one of deliveries) this.waiting.delete(one);
      this.send(deliveries, settle);
    });
    this.timers.add(timer);
  }

  private again({ outcome, deadline }: Delivery): boolean {
    if (this.closed || this.env.clock.now() >= deadline) return false;
    return (outcome?.status === 'failed' || outcome?.status === 'unknown') && outcome.error.retriable;
  }

  private truth(delivery: Delivery): Delivery {
    const { outcome } = delivery;
    if (outcome?.status === 'failed' && this.doubtful.has(delivery))
      delivery.outcome = { ...outcome, status: 'unknown' };
    return delivery;
  }
}
