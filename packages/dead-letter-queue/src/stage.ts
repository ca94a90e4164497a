import { ProducerError, type Failed, type Unknown } from '@holdfast/core';
import { asMaybeWritten, plainAnswer } from '@holdfast/core/internal';
import {
  Notify,
  Settles,
  untilDeadline,
  type Delivery,
  type Env,
  type Send,
  type Settle,
  type Stage,
} from '@holdfast/core/stage';
import { Lanes } from './pending/lane-sequencer.js';
import { Letter } from './letter/pending-letter.js';
import type { ResolvedDeadLetterQueueOptions } from './options.js';
import { Reports } from './pending/reporter.js';
import { Room } from './pending/capacity.js';
import { runIdOf } from './letter/run-id.js';
import { makeSinks } from './sinks/create-sinks.js';
import type { Sink } from './sinks/sink.js';
import type { DeadLetterQueueStats } from './stats.js';

/** Beyond this many letters `send` waits, however small they are. */
const mostHeldRecords = 100_000;

/** The producer's end ended these, and not Kafka: whoever stands above hears of it, and a journal sends them at its next start. */
const endedByClose = new Set<string>(['CLOSED', 'LEFT_IN_JOURNAL']);

/**
 * What comes up `delivered` passes. What comes up `failed` or `unknown` becomes a letter, which is offered to one sink after the other
 * until one has it, and then goes up `dead-lettered`; else as it came. No flush: what is held here is not settled, and that is what
 * everybody waits for.
 */
export class DeadLetterStage implements Stage {
  private readonly sinks: readonly Sink[];
  private readonly reports: Reports;
  private readonly settles = new Settles();
  private readonly lanes = new Lanes();
  private readonly room: Room;
  private readonly open = new Set<Letter>();
  private readonly runId: string;
  private made = 0;
  /** Handed down, and not come back; without letters. */
  private below = 0;
  private closed = false;
  private readonly idle = new Notify();

  constructor(
    private readonly options: ResolvedDeadLetterQueueOptions,
    private readonly next: Send,
    private readonly env: Env,
  ) {
    this.runId = runIdOf(env);
    this.reports = new Reports(env);
    this.room = new Room(options.maxHeldBytes, mostHeldRecords);
    this.sinks = makeSinks({ options, next, env, runId: this.runId, threw: this.reports.threw });
  }

  async start(): Promise<void> {
    for (const sink of this.sinks) await sink.start?.();
  }

  ready(): Promise<void> | undefined {
    return this.room.ready() ?? this.env.ready();
  }

  send(batch: Delivery[], settle: Settle): void {
    this.below += batch.length;
    this.settles.note(batch, settle);
    this.next(batch, this.comeUp);
  }

  private readonly comeUp: Settle = (settled) => {
    this.below -= settled.length;
    if (this.closed || !settled.some(isUndelivered)) this.settles.up(settled);
    else this.divert(settled);
    this.tellIdle();
  };

  private divert(settled: readonly Delivery[]): void {
    const up: Delivery[] = [];
    const letters: Letter[] = [];
    const at = this.env.clock.wallTime();
    for (const delivery of settled) {
      const { outcome } = delivery;
      const isOurs = outcome?.status === 'failed' || outcome?.status === 'unknown';
      if (isOurs && this.takes(delivery, outcome)) {
        const letter = new Letter(`${this.runId}-${this.made++}`, delivery, outcome, at);
        letters.push(letter);
        this.open.add(letter);
        this.room.add(letter.bytes);
      } else up.push(delivery);
    }
    if (up.length > 0) this.settles.up(up);
    this.offer(this.lanes.enter(letters), 0);
  }

  private takes({ record }: Delivery, outcome: Failed | Unknown): boolean {
    // What a stage in JavaScript settles with may be anything; core makes sense of it further up.
    if (!ProducerError.is(outcome.error) || endedByClose.has(outcome.error.code)) return false;
    try {
      return plainAnswer('filter', this.options.filter?.(record, outcome)) !== false;
    } catch (error) {
      this.reports.threw('filter', error);
      return true;
    }
  }

  /**
   * Those that a sink refuses go to the next one together, in their order, when it has answered for all: so a lane is in order in each
   * sink.
   */
  private offer(letters: readonly Letter[], index: number): void {
    const offered = letters.filter(({ ended }) => !ended);
    if (offered.length === 0) return;
    const sink = this.sinks[index];
    if (sink === undefined) return this.giveUp(offered);
    let left = offered.length;
    sink.take(offered, (answered) => {
      left -= answered.length;
      const taken = answered.filter(({ to, ended }) => to !== undefined && !ended);
      if (taken.length > 0) this.took(sink, taken);
      if (left > 0) return;
      const refused = offered.filter(({ to, ended }) => to === undefined && !ended);
      if (refused.length === 0) return;
      this.reports.sinkRefused(sink, refused, index === this.sinks.length - 1);
      this.offer(refused, index + 1);
    });
  }

  private took(sink: Sink, letters: readonly Letter[]): void {
    this.reports.took(sink, letters);
    for (const { delivery, outcome, to } of letters) {
      if (to === undefined) continue;
      const error = outcome.status === 'unknown' ? asMaybeWritten(outcome.error) : outcome.error;
      delivery.outcome = { status: 'dead-lettered', to, error };
    }
    this.finish(letters);
  }

  private giveUp(letters: readonly Letter[]): void {
    this.reports.lost(letters);
    this.restore(letters);
    for (const { delivery, outcome, isRefusedForNow } of letters)
      if (isRefusedForNow) delivery.outcome = { ...outcome, notKept: true };
    this.finish(letters);
  }

  private restore(letters: readonly Letter[]): void {
    for (const { delivery, outcome } of letters) delivery.outcome = outcome;
  }

  private finish(letters: readonly Letter[]): void {
    for (const letter of letters) {
      letter.ended = true;
      this.open.delete(letter);
    }
    if (letters.length > 0) this.settles.up(letters.map(({ delivery }) => delivery));
    const released = this.lanes.leave(letters);
    for (const { bytes } of letters) this.room.remove(bytes);
    if (released.length > 0) this.offer(released, 0);
    this.tellIdle();
  }

  /**
   * Waits until the deadline for what is below and on its way to a sink. Then that ends as it came up, although its letter may exist;
   * and what comes up later, ended by the stages below, is not diverted: who sent it hears of it, and a journal keeps it.
   */
  async close(deadline: number): Promise<void> {
    await this.whenIdle(deadline);
    this.closed = true;
    this.lanes.clear();
    const left = [...this.open];
    this.restore(left);
    this.finish(left);
    for (const sink of this.sinks) await sink.close?.();
  }

  stats(): DeadLetterQueueStats {
    const sinks = Object.fromEntries(
      this.sinks.map((sink) => [sink.name, { ...this.reports.takenBy(sink), ...sink.stats?.() }]),
    );
    let oldest = Infinity;
    for (const { delivery } of this.open) oldest = Math.min(oldest, delivery.createdAt);
    return {
      waitingRecords: this.room.records,
      waitingBytes: this.room.bytes,
      oldestWaitingMs: Math.max(0, this.env.clock.now() - oldest),
      refusedRecords: this.reports.refused,
      ...sinks,
    };
  }

  private whenIdle(deadline: number): Promise<void> {
    if (this.isIdle() || this.closed) return Promise.resolve();
    return untilDeadline(this.idle.wait(), deadline, this.env.clock);
  }

  private isIdle(): boolean {
    return this.below === 0 && this.open.size === 0;
  }

  private tellIdle(): void {
    if (this.idle.isAwaited && this.isIdle()) this.idle.notifyAll();
  }
}

const isUndelivered = ({ outcome }: Delivery): boolean =>
  outcome?.status === 'failed' || outcome?.status === 'unknown';
