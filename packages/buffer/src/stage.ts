import type { ProducerError } from '@holdfast/core';
import { DeadlineSweep } from '@holdfast/core/internal';
import {
  failed,
  FlushTracker,
  Notify,
  recordBytes,
  Settles,
  unknown,
  untilDeadline,
  type Delivery,
  type Env,
  type Send,
  type Settle,
  type Stage,
} from '@holdfast/core/stage';
import type { InFlightBatch } from './batch/in-flight-batch.js';
import { TopicQuotas } from './batch/topic-quotas.js';
import * as errors from './errors.js';
import type { ResolvedBufferOptions } from './options.js';
import { Backlog } from './queue/backlog.js';
import { BlockedRecords } from './queue/blocked-records.js';
import { BatchSender } from './send/batch-sender.js';
import type { BufferStats } from './stats.js';

/** Deadlines that pass within this time are swept together. */
const sweepMs = 50;

/** The buffer in one producer's chain. */
export class BufferStage implements Stage {
  private readonly quotas: TopicQuotas;
  private readonly backlog: Backlog;
  private readonly blocked = new BlockedRecords();
  private readonly sender: BatchSender;
  private readonly deadlines: DeadlineSweep;
  private readonly settles = new Settles();
  private readonly tracker = new FlushTracker();
  private readonly room = new Notify();
  /** The latest deadline of what waits; `-Infinity`: nothing does. */
  private latestDeadline = -Infinity;
  /** No record has an earlier deadline than one that came before it. */
  private expiresInOrder = true;
  private inFlightBytes = 0;
  private dropped = 0;
  private closed = false;

  constructor(
    private readonly options: ResolvedBufferOptions,
    private readonly next: Send,
    private readonly env: Env,
  ) {
    this.quotas = new TopicQuotas(options);
    this.backlog = new Backlog(options, this.quotas);
    this.sender = new BatchSender(options, this.backlog, env, (batch, deliveries) =>
      this.sendDown(batch, deliveries),
    );
    this.deadlines = new DeadlineSweep({
      clock: env.clock,
      intervalMs: sweepMs,
      sweep: (now) => this.sweep(now),
    });
  }

  send(batch: Delivery[], settle: Settle): void {
    this.settles.note(batch, settle);
    for (const delivery of batch) {
      this.tracker.add(delivery.createdAt);
      this.admit(delivery);
    }
    this.sender.schedule();
  }

  ready(): Promise<void> | undefined {
    // Any other policy has its own answer to a record that finds no room, and must see that record.
    if (this.options.overflow !== 'block' || this.hasRoom()) return undefined;
    return this.room.wait();
  }

  /** Sends without lingering until everything that was here at the call is settled. */
  async flush(deadline: number): Promise<void> {
    const { clock } = this.env;
    this.sender.linger.beginFlush();
    this.sender.run();
    await untilDeadline(this.tracker.drained(Math.trunc(clock.now())), deadline, clock);
    this.sender.linger.endFlush();
  }

  /**
   * Waits until the deadline; what still waits here then fails as `CLOSED`. The stages below settle
   * what is in flight.
   */
  async close(deadline: number): Promise<void> {
    await this.flush(deadline);
    this.closed = true;
    this.sender.cancel();
    this.deadlines.cancel();
    const all = (): boolean => true;
    const left = [...this.backlog.removeWhere(all, true), ...this.blocked.removeWhere(all, true)];
    this.fail(left, errors.closed());
    this.room.notifyAll();
  }

  stats(): BufferStats {
    const { maxRecords, maxBytes } = this.options;
    const oldest = Math.min(this.backlog.oldestCreatedAt(), this.blocked.first?.createdAt ?? Infinity);
    return {
      waitingRecords: this.backlog.length + this.blocked.length,
      waitingBytes: this.backlog.bytes,
      oldestWaitingMs: Math.max(0, this.env.clock.now() - oldest),
      maxRecords,
      maxBytes,
      inFlightRecords: this.quotas.inFlightRecords,
      inFlightBytes: this.inFlightBytes,
      droppedRecords: this.dropped,
    };
  }

  private admit(delivery: Delivery): void {
    const { record } = delivery;
    const bytes = recordBytes(record);
    if (this.closed) this.fail([delivery], errors.closed());
    else if (bytes > this.options.maxBytes)
      this.fail([delivery], errors.largerThanBuffer(bytes, this.options));
    else if (this.blocked.length === 0 && this.fits(bytes)) this.enqueue(delivery, record.topic, bytes);
    else this.overflow(delivery, bytes);
  }

  private overflow(delivery: Delivery, bytes: number): void {
    switch (this.options.overflow) {
      case 'block':
        this.blocked.push(delivery);
        this.watch(delivery.deadline);
        return;
      case 'reject':
        return this.drop(delivery, errors.bufferFull(this.options));
      case 'drop-newest':
        return this.drop(delivery, errors.droppedNewest(this.options));
      case 'drop-oldest':
        return this.dropOldestFor(delivery, bytes);
    }
  }

  private dropOldestFor(delivery: Delivery, bytes: number): void {
    while (!this.fits(bytes)) {
      const oldest = this.backlog.removeOldest();
      // Everything here is on its way to Kafka: nothing could make room.
      if (oldest === undefined) return this.drop(delivery, errors.bufferFull(this.options));
      this.drop(oldest, errors.droppedOldest(this.options));
    }
    this.enqueue(delivery, delivery.record.topic, bytes);
  }

  private enqueue(delivery: Delivery, topic: string, bytes: number): void {
    this.backlog.add(delivery, topic, bytes);
    this.watch(delivery.deadline);
    if (this.backlog.length === 1) this.sender.linger.restart();
  }

  private watch(deadline: number): void {
    if (deadline >= this.latestDeadline) this.latestDeadline = deadline;
    else this.expiresInOrder = false;
    this.deadlines.watch(deadline);
  }

  private stopWatching(): void {
    this.latestDeadline = -Infinity;
    this.expiresInOrder = true;
    this.deadlines.cancel();
  }

  private fits(bytes: number): boolean {
    return (
      this.backlog.length + this.quotas.inFlightRecords < this.options.maxRecords &&
      this.backlog.bytes + this.inFlightBytes + bytes <= this.options.maxBytes
    );
  }

  private hasRoom(): boolean {
    return this.blocked.length === 0 && this.fits(1);
  }

  /**
   * Moves blocked records into the room that has become free, and notifies those that wait for
   * some.
   */
  private useRoom(): void {
    for (let { first } = this.blocked; first !== undefined; { first } = this.blocked) {
      const bytes = recordBytes(first.record);
      if (!this.fits(bytes)) return;
      this.blocked.shift();
      this.enqueue(first, first.record.topic, bytes);
    }
    if (this.room.isAwaited && this.hasRoom()) this.room.notifyAll();
    this.backlog.compact();
  }

  private sendDown(batch: InFlightBatch, deliveries: Delivery[]): void {
    this.inFlightBytes += batch.bytes;
    if (this.backlog.length + this.blocked.length === 0) this.stopWatching();
    this.next(deliveries, (settled) => this.settle(batch, settled));
  }

  private settle(batch: InFlightBatch, settled: Delivery[]): void {
    this.sender.answered(batch);
    const bytes = this.backlog.settleBatch(batch, settled, this.env.clock.now());
    this.inFlightBytes = this.quotas.inFlightRecords === 0 ? 0 : this.inFlightBytes - bytes;
    for (const delivery of settled) {
      this.backlog.settle(delivery);
      this.tracker.remove(delivery.createdAt);
    }
    this.settles.up(settled);
    this.useRoom();
    this.sender.schedule();
  }

  /** Where deadlines are in order, the first record of a lane is due first, and it looks no further. */
  private sweep(now: number): void {
    const { expiresInOrder } = this;
    let earliest = Infinity;
    const isExpired = ({ deadline }: Delivery): boolean => {
      if (deadline <= now) return true;
      earliest = Math.min(earliest, deadline);
      return false;
    };
    const waiting = this.blocked.length + this.backlog.length;
    const expired = [
      ...this.blocked.removeWhere(isExpired, expiresInOrder),
      ...this.backlog.removeWhere(isExpired, expiresInOrder),
    ];
    if (expired.length === waiting) this.stopWatching();
    else this.deadlines.watchNext(earliest, expiresInOrder ? 0 : waiting);
    this.fail(expired, errors.expired());
    this.useRoom();
    this.sender.schedule();
  }

  private drop(delivery: Delivery, error: ProducerError): void {
    this.dropped++;
    if (this.env.events.has('buffer.dropped')) {
      this.env.events.emit('buffer.dropped', { record: delivery.record, code: error.code });
    }
    this.fail([delivery], error);
  }

  private fail(deliveries: Delivery[], error: ProducerError): void {
    if (deliveries.length === 0) return;
    for (const delivery of deliveries) {
      // A stage above may send a record again: what an earlier attempt may have written stays
      // written.
      delivery.outcome = delivery.attempts > 0 ? unknown(error) : failed(error);
      this.tracker.remove(delivery.createdAt);
    }
    this.settles.up(deliveries);
  }
}
