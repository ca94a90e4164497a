import type { ProducerError } from '@holdfast/core';
import { DeadlineSweep } from '@holdfast/core/internal';
import {
  afterSilence,
  failed,
  Notify,
  Settles,
  type Delivery,
  type Env,
  type Send,
  type Settle,
} from '@holdfast/core/stage';
import { Acceptor, type Due } from './accept/acceptor.js';
import { Deliverer } from './deliver/deliverer.js';
import * as errors from './errors.js';
import type { OpenJournal } from './open/open-journal.js';
import type { ResolvedJournalOptions } from './options.js';

/** What is due within this time is swept together. */
const sweepMs = 50;

/**
 * The way of a record through an open journal. Down: {@link Acceptor} puts it on disk and makes an
 * entry of it, which {@link Deliverer} hands to the next stage. Up: the deliverer returns the
 * entries whose outcome is final, and the acceptor the callers to notify. Each step returns its
 * result to this class, which passes it to the next one.
 */
export class Pipeline {
  readonly acceptor: Acceptor;
  readonly deliverer: Deliverer;
  private readonly settles = new Settles();
  private readonly deadlines: DeadlineSweep;
  private readonly acceptances: DeadlineSweep;
  private readonly room = new Notify();
  private closing = false;
  private ended = false;

  constructor(
    readonly journal: OpenJournal,
    options: ResolvedJournalOptions,
    env: Env,
    next: Send,
  ) {
    const { clock } = env;
    this.deliverer = new Deliverer(journal, options, env, next, this.settle);
    this.acceptor = new Acceptor(journal, this.deliverer.queue, options, env);
    this.deadlines = new DeadlineSweep({
      clock,
      intervalMs: sweepMs,
      sweep: (now) => this.sweep(this.deadlines, this.acceptor.expire(now)),
    });
    this.acceptances = new DeadlineSweep({
      clock,
      intervalMs: sweepMs,
      sweep: (now) => this.sweep(this.acceptances, this.acceptor.acceptDue(now)),
      // After a long pause of the process, the answers of Kafka have arrived and are read first.
      wait: afterSilence,
    });
    journal.log.start({
      durable: (end) => {
        const { settled, nextAt } = this.acceptor.durable(end);
        if (!this.ended) this.acceptances.watch(nextAt);
        this.proceed(settled);
      },
      stalled: (error, isNew) => this.proceed(this.acceptor.stalled(error, isNew)),
      resumed: () => {
        this.acceptor.stall.resumed();
        this.proceed([]);
      },
    });
    this.deliverer.run();
  }

  get isEnded(): boolean {
    return this.ended;
  }

  send(batch: Delivery[], settle: Settle): void {
    this.settles.note(batch, settle);
    const refusal = this.closing ? errors.closed() : this.acceptor.refusal;
    if (refusal !== undefined) return this.refuse(batch, refusal);
    const { isBypassing } = this.acceptor;
    for (const delivery of batch) {
      const error = this.acceptor.append(delivery);
      if (error === undefined) this.deadlines.watch(delivery.deadline);
      else this.refuse([delivery], error);
    }
    if (!isBypassing) return;
    this.acceptor.bypass();
    this.deliverer.run();
  }

  ready(): Promise<void> | undefined {
    return this.hasRoom ? undefined : this.room.wait();
  }

  /** Resolves when what was taken before the call is with Kafka, or at the deadline. */
  async flush(deadline: number): Promise<void> {
    if (!this.ended) await this.acceptor.flush(deadline);
  }

  /** Delivers until the deadline. What is left then stays on disk, and the next start sends it. */
  async close(deadline: number): Promise<void> {
    const { journal, acceptor } = this;
    this.closing = true;
    this.makeRoom();
    await this.flush(deadline);
    this.ended = true;
    this.deliverer.end();
    this.deadlines.cancel();
    this.acceptances.cancel();
    try {
      await journal.log.close();
    } finally {
      this.settles.up(acceptor.end());
      await journal.segments.close();
      await journal.lock.release();
    }
  }

  /** Receives what the stage below has settled. */
  private readonly settle: Settle = (settled) => {
    this.proceed(this.acceptor.callers.complete(this.deliverer.takeSettled(settled)));
  };

  private sweep(deadlines: DeadlineSweep, { settled, nextAt }: Due): void {
    if (nextAt < Infinity) deadlines.watchNext(nextAt);
    if (settled.length === 0) return;
    this.deliverer.tidy();
    this.proceed(settled);
  }

  /** Notifies callers, and then makes use of the room that there is now. */
  private proceed(settled: Delivery[]): void {
    if (settled.length > 0) this.settles.up(settled);
    this.makeRoom();
    this.deliverer.run();
  }

  private refuse(deliveries: Delivery[], error: ProducerError): void {
    for (const delivery of deliveries) delivery.outcome = failed(error);
    this.settles.up(deliveries);
  }

  private get hasRoom(): boolean {
    return this.closing || this.acceptor.hasRoom;
  }

  private makeRoom(): void {
    if (this.room.isAwaited && this.hasRoom) this.room.notifyAll();
  }
}
