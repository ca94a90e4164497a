import { ProducerError, type Failed, type Unknown } from '@holdfast/core';
import { asMaybeWritten, synchronousResult } from '@holdfast/core/internal';
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
import { PendingLetter } from './letter/pending-letter.js';
import { createRunId } from './letter/run-id.js';
import type { ResolvedDeadLetterQueueOptions } from './options.js';
import { Capacity } from './pending/capacity.js';
import { LaneSequencer } from './pending/lane-sequencer.js';
import { DeadLetterReporter } from './pending/reporter.js';
import { createSinks } from './sinks/create-sinks.js';
import type { Sink } from './sinks/sink.js';
import type { DeadLetterQueueStats } from './stats.js';

/** `send` waits beyond this many held letters, however small they are. */
const maxHeldRecords = 100_000;

/**
 * Codes of records that ended because the producer closed, and not because of Kafka. The stage
 * above gets them unchanged: a journal sends them at its next start.
 */
const endedByClose = new Set<string>(['CLOSED', 'LEFT_IN_JOURNAL']);

/**
 * Passes `delivered` records up. A record that comes up `failed` or `unknown` becomes a letter,
 * which is offered to one sink after the other until one takes it. Then the record goes up
 * `dead-lettered`. If all sinks refuse, it keeps its outcome. The stage has no `flush`: the records
 * of held letters are not settled, and that is what a flush waits for.
 */
export class DeadLetterStage implements Stage {
  private readonly sinks: readonly Sink[];
  private readonly reporter: DeadLetterReporter;
  private readonly settles = new Settles();
  private readonly sequencer = new LaneSequencer();
  private readonly capacity: Capacity;
  private readonly pending = new Set<PendingLetter>();
  private readonly runId: string;
  private letters = 0;
  /** Handed down and not yet settled. Letters are not among them. */
  private inFlight = 0;
  private closed = false;
  private readonly idle = new Notify();

  constructor(
    private readonly options: ResolvedDeadLetterQueueOptions,
    private readonly next: Send,
    private readonly env: Env,
  ) {
    this.runId = createRunId(env);
    this.reporter = new DeadLetterReporter(env);
    this.capacity = new Capacity(options.maxHeldBytes, maxHeldRecords);
    const { userFunctionThrew } = this.reporter;
    this.sinks = createSinks({ options, next, env, runId: this.runId, userFunctionThrew });
  }

  async start(): Promise<void> {
    for (const sink of this.sinks) await sink.start?.();
  }

  ready(): Promise<void> | undefined {
    return this.capacity.ready() ?? this.env.ready();
  }

  send(batch: Delivery[], settle: Settle): void {
    this.inFlight += batch.length;
    this.settles.note(batch, settle);
    this.next(batch, this.onSettled);
  }

  private readonly onSettled: Settle = (settled) => {
    this.inFlight -= settled.length;
    if (this.closed || !settled.some(isUndelivered)) this.settles.up(settled);
    else this.divert(settled);
    this.notifyIdle();
  };

  private divert(settled: readonly Delivery[]): void {
    const up: Delivery[] = [];
    const letters: PendingLetter[] = [];
    const at = this.env.clock.wallTime();
    for (const delivery of settled) {
      const { outcome } = delivery;
      const isUndelivered = outcome?.status === 'failed' || outcome?.status === 'unknown';
      if (isUndelivered && this.diverts(delivery, outcome)) {
        const letter = new PendingLetter(`${this.runId}-${this.letters++}`, delivery, outcome, at);
        letters.push(letter);
        this.pending.add(letter);
        this.capacity.acquire(letter.bytes);
      } else up.push(delivery);
    }
    if (up.length > 0) this.settles.up(up);
    this.offer(this.sequencer.admit(letters), 0);
  }

  private diverts({ record }: Delivery, outcome: Failed | Unknown): boolean {
    // A stage written in JavaScript can settle with anything. Core repairs that further up.
    if (!ProducerError.is(outcome.error) || endedByClose.has(outcome.error.code)) return false;
    try {
      return synchronousResult('filter', this.options.filter?.(record, outcome)) !== false;
    } catch (error) {
      this.reporter.userFunctionThrew('filter', error);
      return true;
    }
  }

  /**
   * Refused letters go to the next sink together and in order, once the sink has responded for all
   * of them. That keeps each lane in order in each sink.
   */
  private offer(letters: readonly PendingLetter[], index: number): void {
    const offered = letters.filter(({ isSettled }) => !isSettled);
    if (offered.length === 0) return;
    const sink = this.sinks[index];
    if (sink === undefined) return this.giveUp(offered);
    let left = offered.length;
    sink.put(offered, (done) => {
      left -= done.length;
      const taken = done.filter(({ to, isSettled }) => to !== undefined && !isSettled);
      if (taken.length > 0) this.settleTaken(sink, taken);
      if (left > 0) return;
      const refused = offered.filter(({ to, isSettled }) => to === undefined && !isSettled);
      if (refused.length === 0) return;
      this.reporter.sinkRefused(sink, refused, index === this.sinks.length - 1);
      this.offer(refused, index + 1);
    });
  }

  private settleTaken(sink: Sink, letters: readonly PendingLetter[]): void {
    this.reporter.sinkTook(sink, letters);
    for (const { delivery, outcome, to } of letters) {
      if (to === undefined) continue;
      const error = outcome.status === 'unknown' ? asMaybeWritten(outcome.error) : outcome.error;
      delivery.outcome = { status: 'dead-lettered', to, error };
    }
    this.settle(letters);
  }

  private giveUp(letters: readonly PendingLetter[]): void {
    this.reporter.allRefused(letters);
    restoreOutcomes(letters);
    for (const { delivery, outcome, mayBeTakenLater } of letters)
      if (mayBeTakenLater) delivery.outcome = { ...outcome, notKept: true };
    this.settle(letters);
  }

  private settle(letters: readonly PendingLetter[]): void {
    for (const letter of letters) {
      letter.isSettled = true;
      this.pending.delete(letter);
    }
    if (letters.length > 0) this.settles.up(letters.map(({ delivery }) => delivery));
    const released = this.sequencer.settled(letters);
    for (const { bytes } of letters) this.capacity.release(bytes);
    if (released.length > 0) this.offer(released, 0);
    this.notifyIdle();
  }

  /**
   * Waits until the deadline for records in flight and for letters on their way to a sink. Letters
   * left then keep the outcome of their record, although a sink may have stored them. Records that
   * the stages below settle later are not diverted: their senders are notified, and a journal keeps
   * them.
   */
  async close(deadline: number): Promise<void> {
    await this.whenIdle(deadline);
    this.closed = true;
    this.sequencer.clear();
    const left = [...this.pending];
    restoreOutcomes(left);
    this.settle(left);
    for (const sink of this.sinks) await sink.close?.();
  }

  stats(): DeadLetterQueueStats {
    const sinks = Object.fromEntries(
      this.sinks.map((sink) => [sink.name, { ...this.reporter.statsOf(sink), ...sink.stats?.() }]),
    );
    let oldest = Infinity;
    for (const { delivery } of this.pending) oldest = Math.min(oldest, delivery.createdAt);
    return {
      waitingRecords: this.capacity.records,
      waitingBytes: this.capacity.bytes,
      oldestWaitingMs: Math.max(0, this.env.clock.now() - oldest),
      refusedRecords: this.reporter.refused,
      ...sinks,
    };
  }

  private whenIdle(deadline: number): Promise<void> {
    if (this.isIdle() || this.closed) return Promise.resolve();
    return untilDeadline(this.idle.wait(), deadline, this.env.clock);
  }

  private isIdle(): boolean {
    return this.inFlight === 0 && this.pending.size === 0;
  }

  private notifyIdle(): void {
    if (this.idle.isAwaited && this.isIdle()) this.idle.notifyAll();
  }
}

/** Gives each delivery the outcome with which it came up. */
function restoreOutcomes(letters: readonly PendingLetter[]): void {
  for (const { delivery, outcome } of letters) delivery.outcome = outcome;
}

const isUndelivered = ({ outcome }: Delivery): boolean =>
  outcome?.status === 'failed' || outcome?.status === 'unknown';
