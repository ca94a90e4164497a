import './events.js';
import type { Middleware, ProducerError } from '@holdfast/core';
import { DeadlineSweep, DeferredTask, LinkedQueue } from '@holdfast/core/internal';
import {
  failed,
  FlushTracker,
  Notify,
  readOptions,
  recordBytes,
  Settles,
  unknown,
  untilDeadline,
  type Delivery,
  type Env,
  type Send,
  type Settle,
  type Stage,
  type Timer,
} from '@holdfast/core/stage';
import { Arrivals } from './arrivals.js';
import { Batch } from './batch.js';
import { Draft } from './draft.js';
import * as errors from './errors.js';
import { Lanes } from './lanes.js';
import { resolveOptions, type BufferOptions, type ResolvedBufferOptions } from './options.js';
import { Pace } from './pace.js';
import { Pages } from './pages.js';
import { Probe } from './probe.js';
import { RoomBelow } from './room-below.js';
import { Shares, stuckMs } from './shares.js';
import type { BufferStats } from './stats.js';

/**
 * Waiting records beyond this many keep their bytes in pages instead of objects. Copying them costs more than it saves while a
 * producer keeps pace; this many cost 5 bytes a record when a million wait.
 */
const parkBeyond = 16_384;
/** Deadlines that pass within this time are swept together. */
const sweepMs = 50;

/**
 * Collects what waits into batches, bounds the memory that waiting records take, and keeps the order within a key: a lane has
 * at most one batch below. Stands above retry, so that a record that retry holds keeps its own lane closed and no other.
 */
export function buffer(options: BufferOptions = {}): Middleware {
  const resolved = readOptions('buffer', () => resolveOptions(options));
  return {
    name: 'buffer',
    traits: { keepsLanes: true },
    bind: (next, env) => new BufferStage(resolved, next, env),
  };
}

class BufferStage implements Stage {
  private readonly shares: Shares;
  private readonly lanes: Lanes;
  private readonly pace: Pace;
  private readonly probe: Probe;
  private readonly pages: Pages;
  private readonly settles = new Settles();
  private readonly tracker = new FlushTracker();
  private readonly arrivals: Arrivals | undefined;
  private readonly roomBelow: RoomBelow;
  /** Handed in while there was no room and `overflow` is `'block'`: they wait outside the bounds, in order. */
  private readonly outside = new LinkedQueue<Delivery>();
  private outsideRecords = 0;
  private waitingBytes = 0;
  private belowBytes = 0;
  private dropped = 0;
  private flushing = 0;
  private closed = false;
  private lingerUntil = -Infinity;
  private pumpTimer: Timer | undefined;
  private readonly room = new Notify();
  private readonly nextPump: DeferredTask;
  private readonly deadlines: DeadlineSweep;

  constructor(
    private readonly options: ResolvedBufferOptions,
    private readonly next: Send,
    private readonly env: Env,
  ) {
    this.shares = new Shares(options);
    this.lanes = new Lanes(this.shares);
    this.pace = new Pace(env.calls, options.maxInFlight);
    this.nextPump = new DeferredTask(env.clock, () => this.pump());
    this.deadlines = new DeadlineSweep({
      clock: env.clock,
      intervalMs: sweepMs,
      sweep: (now) => this.sweep(now),
    });
    this.probe = new Probe(env.clock, stuckMs, () => this.sendProbe());
    this.pages = new Pages(options.maxBytes);
    this.arrivals = options.overflow === 'drop-oldest' ? new Arrivals() : undefined;
    this.roomBelow = new RoomBelow(env, () => this.pumpSoon());
    env.calls.onAnswer(() => this.pumpSoon());
  }

  // Down: in.

  send(batch: Delivery[], settle: Settle): void {
    this.settles.note(batch, settle);
    for (const delivery of batch) {
      this.tracker.add(delivery.createdAt);
      this.admit(delivery);
    }
    this.pumpSoon();
  }

  ready(): Promise<void> | undefined {
    // Any other policy has its own answer to a record that finds no room, and must see it.
    if (this.options.overflow !== 'block' || this.hasRoom()) return undefined;
    return this.room.wait();
  }

  private admit(delivery: Delivery): void {
    const { record } = delivery;
    const bytes = recordBytes(record);
    if (this.closed) this.refuse(delivery, errors.closed());
    else if (bytes > this.options.maxBytes)
      this.refuse(delivery, errors.largerThanBuffer(bytes, this.options));
    else if (this.outsideRecords === 0 && this.fits(bytes)) this.keep(delivery, record.topic, bytes);
    else this.overflow(delivery, bytes);
  }

  private overflow(delivery: Delivery, bytes: number): void {
    switch (this.options.overflow) {
      case 'block':
        this.outside.push(delivery);
        this.outsideRecords++;
        this.deadlines.watch(delivery.deadline);
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
      const oldest = this.arrivals?.dropOldest((one, topic) => this.lanes.removeHead(one, topic));
      // Everything here is on its way to Kafka: there is nothing that could make room.
      if (oldest === undefined) return this.drop(delivery, errors.bufferFull(this.options));
      this.noLongerWaiting(recordBytes(oldest.record));
      this.drop(oldest, errors.droppedOldest(this.options));
    }
    this.keep(delivery, delivery.record.topic, bytes);
  }

  private keep(delivery: Delivery, topic: string, bytes: number): void {
    this.waitingBytes += bytes;
    const place = this.lanes.push(delivery, topic);
    this.arrivals?.add(delivery, place, this.lanes, this.lanes.length);
    this.deadlines.watch(delivery.deadline);
    if (this.lanes.length > parkBeyond) this.pages.park(delivery);
    if (this.options.lingerMs > 0 && this.lanes.length === 1) this.linger();
  }

  private linger(): void {
    this.lingerUntil = this.env.clock.now() + this.options.lingerMs;
  }

  private fits(bytes: number): boolean {
    return (
      this.lanes.length + this.shares.below < this.options.maxRecords &&
      this.waitingBytes + this.belowBytes + bytes <= this.options.maxBytes
    );
  }

  private hasRoom(): boolean {
    return this.outsideRecords === 0 && this.fits(1);
  }

  // Down: out.

  private pumpSoon(): void {
    if (this.lanes.hasHeld) this.probe.later();
    if (this.lanes.hasOpen) this.nextPump.schedule();
  }

  private pump(): void {
    while (this.lanes.hasOpen && this.roomBelow.isThere()) {
      const now = this.env.clock.now();
      const waitMs = this.msUntilNextBatch(now);
      if (waitMs > 0) {
        this.pumpAfter(waitMs);
        break;
      }
      const draft = this.newDraft(now);
      this.lanes.take(draft);
      if (draft.length > 0) {
        this.pace.wentDown(draft.batch);
        if (this.options.lingerMs > 0) this.linger();
        this.handDown(draft);
      }
      if (draft.paused) this.pumpSoon();
      if (draft.paused || draft.length === 0) break;
    }
    if (this.lanes.hasHeld) this.probe.later();
  }

  /** 0: now. */
  private msUntilNextBatch(now: number): number {
    const { maxBatchRecords, maxBatchBytes, lingerMs } = this.options;
    const waitMs = this.pace.waitMs(now);
    if (waitMs > 0 || lingerMs === 0 || this.flushing > 0) return waitMs;
    if (this.lanes.length >= maxBatchRecords || this.waitingBytes >= maxBatchBytes) return 0;
    return Math.max(0, this.lingerUntil - now);
  }

  private pumpAfter(ms: number): void {
    this.pumpTimer?.cancel();
    this.pumpTimer = this.env.clock.after(ms, () => {
      this.pumpTimer = undefined;
      this.pump();
    });
  }

  /** Topics of which nothing comes up share one batch in {@link stuckMs}; it takes nobody's place in flight. */
  private sendProbe(): void {
    if (!this.roomBelow.isThere()) return;
    const draft = this.newDraft(this.env.clock.now());
    this.lanes.takeHeld(draft);
    if (draft.length > 0) this.handDown(draft);
    this.pumpSoon();
  }

  private newDraft(now: number): Draft {
    return new Draft(new Batch(now), this.options);
  }

  private handDown({ batch, deliveries }: Draft): void {
    this.noLongerWaiting(batch.bytes);
    this.belowBytes += batch.bytes;
    if (this.lanes.length + this.outsideRecords === 0) this.deadlines.cancel();
    this.next(deliveries, (settled) => this.comeUp(batch, settled));
  }

  // Up.

  private comeUp(batch: Batch, settled: Delivery[]): void {
    this.pace.cameUp(batch);
    const bytes = this.lanes.cameUp(batch, settled, this.env.clock.now());
    this.belowBytes = this.shares.below === 0 ? 0 : this.belowBytes - bytes;
    for (const delivery of settled) {
      this.lanes.settled(delivery);
      this.tracker.remove(delivery.createdAt);
    }
    this.settles.up(settled);
    this.makeRoom();
    this.pumpSoon();
  }

  private settle(deliveries: Delivery[], error: ProducerError): void {
    if (deliveries.length === 0) return;
    for (const delivery of deliveries) {
      // Handed down and up again by a stage above that resends: what an earlier attempt wrote stays written.
      delivery.outcome = delivery.attempts > 0 ? unknown(error) : failed(error);
      this.tracker.remove(delivery.createdAt);
    }
    this.settles.up(deliveries);
  }

  private refuse(delivery: Delivery, error: ProducerError): void {
    this.settle([delivery], error);
  }

  private drop(delivery: Delivery, error: ProducerError): void {
    this.dropped++;
    if (this.env.events.has('buffer.dropped')) {
      this.env.events.emit('buffer.dropped', { record: delivery.record, code: error.code });
    }
    this.settle([delivery], error);
  }

  private makeRoom(): void {
    for (let head = this.outside.first; head !== undefined; head = this.outside.first) {
      const bytes = recordBytes(head.record);
      if (!this.fits(bytes)) return;
      this.outside.shift();
      this.outsideRecords--;
      this.keep(head, head.record.topic, bytes);
    }
    if (this.room.isAwaited && this.hasRoom()) this.room.notifyAll();
    if (this.pages.isSparse) this.movePages();
  }

  private movePages(): void {
    for (const delivery of this.lanes) if (delivery.parked) this.pages.park(delivery);
  }

  // Deadlines.

  /** The first of a lane is the oldest: looking at the heads finds what has expired. */
  private sweep(now: number): void {
    let earliest = Infinity;
    const isLate = (head: Delivery): boolean => {
      if (head.deadline <= now) return true;
      earliest = Math.min(earliest, head.deadline);
      return false;
    };
    const late = [...this.takeOutside(isLate), ...this.takeWaiting(isLate)];
    this.deadlines.watchNext(earliest);
    this.settle(late, errors.expired());
    this.makeRoom();
    this.pumpSoon();
  }

  private takeWaiting(wanted: (head: Delivery) => boolean): Delivery[] {
    const taken: Delivery[] = [];
    let bytes = 0;
    this.lanes.forEachHead((head) => {
      if (!wanted(head)) return false;
      bytes += recordBytes(head.record);
      taken.push(head);
      return true;
    });
    this.noLongerWaiting(bytes);
    return taken;
  }

  /** A caller may have transferred a record's memory away while it waited: it is not what it was counted with. */
  private noLongerWaiting(bytes: number): void {
    this.waitingBytes = this.lanes.length === 0 ? 0 : Math.max(0, this.waitingBytes - bytes);
  }

  private takeOutside(wanted: (head: Delivery) => boolean): Delivery[] {
    const taken: Delivery[] = [];
    for (let head = this.outside.first; head !== undefined && wanted(head); head = this.outside.first) {
      this.outside.shift();
      this.outsideRecords--;
      taken.push(head);
    }
    return taken;
  }

  // Life cycle.

  /** No lingering until what was here at the call is settled. */
  async flush(deadline: number): Promise<void> {
    const { clock } = this.env;
    this.flushing++;
    this.pump();
    await untilDeadline(this.tracker.drained(Math.trunc(clock.now())), deadline, clock);
    this.flushing--;
  }

  /** Waits until the deadline; what waits here then fails as `CLOSED`. What is below is settled by those below. */
  async close(deadline: number): Promise<void> {
    await this.flush(deadline);
    this.closed = true;
    this.pumpTimer?.cancel();
    this.probe.cancel();
    this.deadlines.cancel();
    const left = [...this.takeWaiting(() => true), ...this.takeOutside(() => true)];
    this.settle(left, errors.closed());
    this.room.notifyAll();
  }

  stats(): BufferStats {
    const { maxRecords, maxBytes } = this.options;
    const oldest = Math.min(this.lanes.oldest(), this.outside.first?.createdAt ?? Infinity);
    return {
      waitingRecords: this.lanes.length + this.outsideRecords,
      waitingBytes: this.waitingBytes,
      oldestWaitingMs: Math.max(0, this.env.clock.now() - oldest),
      maxRecords,
      maxBytes,
      inFlightRecords: this.shares.below,
      inFlightBytes: this.belowBytes,
      droppedRecords: this.dropped,
    };
  }
}
