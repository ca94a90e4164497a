import type { Outcome, ProducerError } from '@holdfast/core';
import {
  failed,
  Notify,
  recordBytes,
  Settles,
  unknown,
  type Delivery,
  type Env,
  type Send,
  type Settle,
  type Stage,
} from '@holdfast/core/stage';
import { Acceptance } from './accept/acceptance.js';
import { accepted, answered, outcomeAtClose } from './accept/answers.js';
import { Below } from './deliver/in-flight-window.js';
import './events.js';
import { Entry } from './deliver/entry.js';
import * as errors from './errors.js';
import { Expiry } from './accept/expiry.js';
import type { Feed } from './deliver/delivery-queue.js';
import { Flushes } from './accept/flush-waiters.js';
import { Jam } from './deliver/watchdog.js';
import { OpenEntries } from './accept/open-entries.js';
import { openFeed } from './deliver/open-queues.js';
import { openJournal, type OpenJournal } from './open/open-journal.js';
import type { ResolvedJournalOptions } from './options.js';
import { ownBytes } from './format/copy-record-bytes.js';
import { Resends } from './deliver/retry-queue.js';
import { Returns } from './deliver/results.js';
import { Stall } from './accept/stall-monitor.js';
import { statsOf, type JournalStats } from './stats.js';
import { Supply } from './deliver/scheduler.js';
import { Writing } from './accept/pending-writes.js';

/** A record has a segment to itself then, whose offsets have 32 bits. */
const largestRecordBytes = 1024 * 1024 * 1024;

/**
 * Writes each record to disk before it goes down, and keeps it there until Kafka has it. What came from above is settled by the
 * journal; what goes down is the journal's own delivery.
 */
export class JournalStage implements Stage {
  private journal: OpenJournal | undefined;
  private feed: Feed | undefined;
  private supply: Supply | undefined;
  private readonly settles = new Settles();
  /** Appended, not durable yet. */
  private readonly writing = new Writing();
  private readonly open = new OpenEntries();
  private readonly below: Below;
  private readonly jam: Jam;
  private readonly flushes: Flushes;
  private readonly resends: Resends;
  private readonly expiry: Expiry;
  private readonly acceptance: Acceptance;
  private readonly stall: Stall;
  private readonly returns: Returns;
  private handing = false;
  private handAgain = false;
  private readonly room = new Notify();
  private refusing = false;
  private ended = false;
  private closing: Promise<void> | undefined;

  constructor(
    private readonly options: ResolvedJournalOptions,
    private readonly next: Send,
    private readonly env: Env,
  ) {
    this.below = new Below({ ...options, env, onRoom: () => this.hand() });
    this.jam = new Jam(env, this.below);
    this.flushes = new Flushes(env.clock);
    this.resends = new Resends(env.clock, env.random, this.below, () => this.hand());
    this.expiry = new Expiry(env.clock, this.open, this.writing, (waiting, writing) =>
      this.expire(waiting, writing),
    );
    this.stall = new Stall(env, options.whenFull);
    const { below, resends, open, flushes, stall } = this;
    const acknowledge = (sequence: number): void => this.journal?.log.acknowledge(sequence);
    this.returns = new Returns({ below, resends, open, flushes, stall, env, acknowledge });
    this.acceptance = new Acceptance(options, env.clock, this.open, (due) => this.accept(due));
  }

  async start(signal: AbortSignal): Promise<void> {
    const { env, options } = this;
    const journal = await openJournal(
      options,
      env,
      {
        durable: (end) => this.durable(end),
        stalled: (error, isNew) => this.stalled(error, isNew),
        resumed: () => this.resumed(),
      },
      signal,
    );
    this.journal = journal;
    const { below, jam, resends, writing } = this;
    const { log, segments, sendTimes } = journal;
    sendTimes.firstHeld = () => segments.firstLive ?? (writing.length > 0 ? writing.first : log.nextSequence);
    const { feed, paused } = openFeed(journal, options, { below, resends }, env);
    this.feed = feed;
    this.supply = new Supply({ feed, paused, resends, below, jam, env, onMore: () => this.hand() });
    this.hand();
  }

  // Down: onto the disk.

  send(batch: Delivery[], settle: Settle): void {
    this.settles.note(batch, settle);
    const { journal } = this;
    if (journal === undefined || this.refusing) return this.refuse(batch, errors.closed());
    const { stalledBy } = journal.log;
    if (stalledBy !== undefined && this.options.whenFull === 'reject') {
      return this.refuse(batch, errors.refusedBy(stalledBy));
    }
    for (const delivery of batch) this.write(delivery, journal);
    if (stalledBy !== undefined && this.options.whenFull === 'bypass') {
      journal.log.drop();
      this.bypass();
    }
  }

  ready(): Promise<void> | undefined {
    return this.hasRoom() ? undefined : this.room.wait();
  }

  private write(delivery: Delivery, { log, sendTimes }: OpenJournal): void {
    const bytes = recordBytes(delivery.record);
    const most = Math.min(largestRecordBytes, Math.floor(this.options.maxBytes / 4));
    if (bytes > most) return this.refuse([delivery], errors.tooLarge(bytes, most));
    let sequence: number;
    try {
      sequence = log.append(delivery.record);
    } catch (error) {
      if (errors.isInvalid(error)) return this.refuse([delivery], errors.notWritten(error));
      throw error;
    }
    this.writing.push(sequence, delivery);
    sendTimes.note(sequence, delivery.createdAt);
    this.expiry.watch(delivery.deadline);
  }

  /** Everything before `end` survives. */
  private durable(end: number): void {
    const { writing, acceptance } = this;
    const now = this.env.clock.now();
    const up: Delivery[] = [];
    while (writing.length > 0 && writing.first < end) {
      const sequence = writing.first;
      const delivery = writing.shift();
      if (delivery === undefined) this.returns.finish(sequence);
      else if (!acceptance.isDue(delivery, now)) this.keep(delivery, sequence, delivery, false);
      else {
        delivery.outcome = this.answerFor(delivery, sequence);
        up.push(delivery);
      }
    }
    if (up.length > 0) this.settles.up(up);
    this.makeRoom();
    this.hand();
  }

  /** Its bytes are the caller's again as soon as he hears of it: what stays in memory is a copy. */
  private answerFor(delivery: Delivery, sequence: number): Outcome {
    if (this.feed?.wants(sequence)) {
      if (!ownBytes(delivery.record)) {
        this.returns.finish(sequence);
        return unknown(errors.takenAway());
      }
      this.keep(delivery, sequence, undefined, false);
    }
    return accepted();
  }

  private keep(delivery: Delivery, sequence: number, origin: Delivery | undefined, bypassed: boolean): void {
    const { record, lane, createdAt } = delivery;
    const deadline = bypassed ? delivery.deadline : this.acceptance.deadlineOf(delivery);
    const bytes = recordBytes(record);
    const entry = new Entry(record, lane, createdAt, deadline, sequence, bytes, origin, bypassed);
    entry.heldSince = delivery.heldSince;
    if (origin !== undefined) {
      this.open.add(entry);
      this.acceptance.watch(entry);
    }
    this.feed?.keep(entry);
  }

  /** They are on disk: from now on the journal answers for them. */
  private accept(due: readonly Entry[]): void {
    const up: Delivery[] = [];
    for (const entry of due) {
      // Its bytes are the caller's again then; where some are gone, whoever is to send it says so.
      if (!entry.parked && !ownBytes(entry.record)) continue;
      const origin = this.returns.letGo(entry);
      if (origin !== undefined) up.push(answered(origin, entry, accepted()));
    }
    this.settles.up(up);
    this.supply?.tidy();
    this.makeRoom();
    this.hand();
  }

  private stalled(error: unknown, isNew: boolean): void {
    const { options, journal } = this;
    if (isNew) this.stall.begins(error);
    if (options.whenFull === 'block' || journal === undefined) return;
    journal.log.drop();
    if (options.whenFull === 'bypass') return this.bypass();
    this.settles.up(this.refuseWriting(errors.refusedBy(error)));
    this.makeRoom();
  }

  private refuseWriting(error: ProducerError): Delivery[] {
    const refused: Delivery[] = [];
    while (this.writing.length > 0) {
      const sequence = this.writing.first;
      this.flushes.pass(sequence);
      const delivery = this.writing.shift();
      if (delivery === undefined) continue;
      delivery.outcome = this.mayBeOnDisk(sequence) ? unknown(error) : failed(error);
      refused.push(delivery);
    }
    return refused;
  }

  /** What a failed write left there may be found by the next start, and sent. */
  private mayBeOnDisk(sequence: number): boolean {
    return sequence < (this.journal?.log.attempted ?? 0);
  }

  private bypass(): void {
    let records = 0;
    let bytes = 0;
    while (this.writing.length > 0) {
      const sequence = this.writing.first;
      const delivery = this.writing.shift();
      if (delivery === undefined) {
        this.flushes.pass(sequence);
        continue;
      }
      this.keep(delivery, sequence, delivery, true);
      records++;
      bytes += recordBytes(delivery.record);
    }
    this.stall.bypass(records, bytes);
    this.hand();
  }

  private resumed(): void {
    this.stall.ends();
    this.makeRoom();
  }

  // Down: to Kafka.

  private hand(): void {
    this.handAgain = true;
    if (this.handing) return;
    this.handing = true;
    while (this.handAgain) {
      this.handAgain = false;
      const batch = this.ended ? [] : (this.supply?.nextBatch() ?? []);
      if (batch.length === 0) continue;
      this.handAgain = true;
      this.next(batch, this.comeUp);
    }
    this.handing = false;
  }

  // Up.

  private readonly comeUp: Settle = (settled) => {
    this.jam.moved();
    const origins = this.returns.take(settled, this.ended);
    if (origins.length > 0) this.settles.up(origins);
    if (!this.ended) this.resends.wait();
    this.makeRoom();
    this.hand();
  };

  private refuse(deliveries: Delivery[], error: ProducerError): void {
    for (const delivery of deliveries) delivery.outcome = failed(error);
    this.settles.up(deliveries);
  }

  private expire(waiting: readonly Entry[], writing: readonly Delivery[]): void {
    const late: Delivery[] = [];
    for (const entry of waiting) {
      const origin = this.returns.letGo(entry);
      if (origin === undefined) continue;
      entry.isExpired = true;
      const mayBeSent = entry.bypassed && this.mayBeOnDisk(entry.sequence);
      origin.outcome = mayBeSent ? unknown(errors.expired()) : failed(errors.expired());
      late.push(origin);
      this.returns.done(entry);
    }
    for (const delivery of writing) {
      // A crash now would have the next start send it.
      delivery.outcome = unknown(errors.expired());
      late.push(delivery);
    }
    this.settles.up(late);
    this.supply?.tidy();
    this.makeRoom();
    this.hand();
  }

  private hasRoom(): boolean {
    const { journal, feed, options } = this;
    if (journal === undefined || feed === undefined || this.refusing) return true;
    const { log } = journal;
    if (log.stalledBy !== undefined && options.whenFull !== 'bypass') return options.whenFull === 'reject';
    return log.hasRoom && feed.hasRoom;
  }

  private makeRoom(): void {
    if (this.room.isAwaited && this.hasRoom()) this.room.notifyAll();
  }

  // Life cycle.

  /** Resolves when what was taken before the call is with Kafka, or at the deadline. */
  async flush(deadline: number): Promise<void> {
    const { journal } = this;
    if (journal === undefined || this.ended) return;
    const left = journal.segments.live + this.writing.length + this.stall.bypassedHeld;
    await this.flushes.wait(journal.log.nextSequence, left, deadline);
  }

  /** Until the deadline, what is here goes on to Kafka. What is left then stays on disk, and the next start sends it. */
  close(deadline: number): Promise<void> {
    return (this.closing ??= this.end(deadline));
  }

  private async end(deadline: number): Promise<void> {
    this.refusing = true;
    this.makeRoom();
    await this.flush(deadline);
    this.ended = true;
    this.supply?.end();
    this.resends.cancel();
    this.expiry.cancel();
    this.acceptance.cancel();
    this.jam.cancel();
    const { journal } = this;
    if (journal === undefined) return;
    try {
      await journal.log.close();
    } finally {
      this.settleTheRest(journal.log.stalledBy);
      this.flushes.end();
      await journal.segments.close();
      await journal.lock.release();
    }
  }

  private settleTheRest(stalledBy: unknown): void {
    const left: Delivery[] = [];
    for (const entry of this.open) {
      const { origin } = entry;
      if (origin === undefined) continue;
      const mayBeSent = entry.isBelow || this.mayBeOnDisk(entry.sequence);
      origin.outcome = outcomeAtClose(entry, this.acceptance.covers(entry), mayBeSent);
      left.push(origin);
    }
    const error = stalledBy === undefined ? errors.closed() : errors.refusedBy(stalledBy);
    this.settles.up([...left, ...this.refuseWriting(error)]);
  }

  kept(): number {
    return this.journal?.segments.live ?? 0;
  }

  stats(): JournalStats {
    const { journal, supply, below, open, stall, ended, options } = this;
    const { undeliverable } = this.returns;
    const writing = this.writing.length;
    const now = this.env.clock.now();
    return statsOf({
      ...{ journal, supply, below, open, stall, writing, undeliverable, ended, now },
      ...options,
    });
  }
}
