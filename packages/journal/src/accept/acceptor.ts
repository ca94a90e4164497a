import type { Outcome, ProducerError } from '@holdfast/core';
import { failed, recordBytes, unknown, type Delivery, type Env } from '@holdfast/core/stage';
import type { DeliveryQueue } from '../deliver/delivery-queue.js';
import { Entry } from '../deliver/entry.js';
import * as errors from '../errors.js';
import { copyRecordBytes } from '../format/copy-record-bytes.js';
import type { OpenJournal } from '../open/open-journal.js';
import type { ResolvedJournalOptions } from '../options.js';
import { AcceptancePolicy } from './acceptance-policy.js';
import { PendingWrites } from './pending-writes.js';
import { StallMonitor } from './stall-monitor.js';
import { answer, WaitingCallers } from './waiting-callers.js';

/** A record has a segment of its own then, whose offsets have 32 bits. */
const largestRecordBytes = 1024 * 1024 * 1024;

const accepted = (): Outcome => ({ status: 'accepted', by: 'journal' });

/**
 * Callers to notify, and when to look again: the earliest time (monotonic ms) at which there will
 * be more.
 */
export interface Due {
  readonly settled: Delivery[];
  readonly nextAt: number;
}

/**
 * Takes responsibility for records: appends them to the log, turns what is durable into entries to
 * deliver, and decides what becomes of those that do not get that far. Every method returns the
 * callers' deliveries that are settled by it.
 */
export class Acceptor {
  /** Appended, not durable yet. */
  readonly pending = new PendingWrites();
  readonly stall: StallMonitor;
  readonly callers: WaitingCallers;
  private readonly policy: AcceptancePolicy;

  constructor(
    private readonly journal: OpenJournal,
    private readonly queue: DeliveryQueue,
    private readonly options: ResolvedJournalOptions,
    private readonly env: Env,
  ) {
    this.policy = new AcceptancePolicy(options);
    this.stall = new StallMonitor(env, options.whenFull);
    this.callers = new WaitingCallers(journal.log, this.stall, env);
    const { pending } = this;
    const { segments, log, sendTimes } = journal;
    sendTimes.firstHeld = () => segments.firstLive ?? (pending.length > 0 ? pending.first : log.nextSequence);
  }

  // Onto the disk.

  /** Returns why records are refused while the disk takes none; `undefined`: they are not. */
  get refusal(): ProducerError | undefined {
    const { stalledBy } = this.journal.log;
    if (stalledBy === undefined || this.options.whenFull !== 'reject') return undefined;
    return errors.refusedBy(stalledBy);
  }

  /** Whether records bypass the journal now. */
  get isBypassing(): boolean {
    return this.journal.log.stalledBy !== undefined && this.options.whenFull === 'bypass';
  }

  get hasRoom(): boolean {
    const { options, queue } = this;
    const { log } = this.journal;
    if (log.stalledBy !== undefined && options.whenFull !== 'bypass') return options.whenFull === 'reject';
    return log.hasRoom && queue.hasRoom;
  }

  /** Appends a record to the log. Returns why it cannot: it is too large, or not valid. */
  append(delivery: Delivery): ProducerError | undefined {
    const { log, sendTimes } = this.journal;
    const bytes = recordBytes(delivery.record);
    const most = Math.min(largestRecordBytes, Math.floor(this.options.maxBytes / 4));
    if (bytes > most) return errors.tooLarge(bytes, most);
    let sequence: number;
    try {
      sequence = log.append(delivery.record);
    } catch (error) {
      if (errors.isInvalid(error)) return errors.notWritten(error);
      throw error;
    }
    this.pending.push(sequence, delivery);
    sendTimes.note(sequence, delivery.createdAt);
    return undefined;
  }

  /** Takes over the records before the sequence number `end`, which are durable. */
  durable(end: number): Due {
    const { pending, policy } = this;
    const now = this.env.clock.now();
    const settled: Delivery[] = [];
    let nextAt = Infinity;
    while (pending.length > 0 && pending.first < end) {
      const sequence = pending.first;
      const delivery = pending.shift();
      if (delivery === undefined) this.callers.finish(sequence);
      else if (policy.isDue(delivery, now)) {
        delivery.outcome = this.acceptAtOnce(delivery, sequence);
        settled.push(delivery);
      } else nextAt = Math.min(nextAt, policy.dueAt(this.keep(delivery, sequence, delivery, false)));
    }
    return { settled, nextAt };
  }

  /** The bytes are the caller's again once it is notified: what stays in memory is a copy. */
  private acceptAtOnce(delivery: Delivery, sequence: number): Outcome {
    if (this.queue.wants(sequence)) {
      if (!copyRecordBytes(delivery.record)) {
        this.callers.finish(sequence);
        return unknown(errors.takenAway());
      }
      this.keep(delivery, sequence, undefined, false);
    }
    return accepted();
  }

  private keep(delivery: Delivery, sequence: number, origin: Delivery | undefined, bypassed: boolean): Entry {
    const { record, lane, createdAt } = delivery;
    const deadline = bypassed ? delivery.deadline : this.policy.deadlineOf(delivery);
    const bytes = recordBytes(record);
    const entry = new Entry(record, lane, createdAt, deadline, sequence, bytes, origin, bypassed);
    entry.heldSince = delivery.heldSince;
    if (origin !== undefined) this.callers.add(entry);
    this.queue.keep(entry);
    return entry;
  }

  // While the disk takes nothing.

  /**
   * Does with the pending records what `whenFull` demands. `isNew`: the disk took records until
   * now.
   */
  stalled(error: unknown, isNew: boolean): Delivery[] {
    const { whenFull } = this.options;
    if (isNew) this.stall.stalled(error);
    if (whenFull === 'bypass') this.bypass();
    if (whenFull !== 'reject') return [];
    this.journal.log.drop();
    return this.refusePending(errors.refusedBy(error));
  }

  /** Sends the pending records to Kafka without the journal. */
  bypass(): void {
    const { pending } = this;
    let records = 0;
    let bytes = 0;
    this.journal.log.drop();
    while (pending.length > 0) {
      const sequence = pending.first;
      const delivery = pending.shift();
      if (delivery === undefined) this.callers.pass(sequence);
      else {
        bytes += this.keep(delivery, sequence, delivery, true).bytes;
        records++;
      }
    }
    this.stall.bypass(records, bytes);
  }

  private refusePending(error: ProducerError): Delivery[] {
    const { pending } = this;
    const refused: Delivery[] = [];
    while (pending.length > 0) {
      const sequence = pending.first;
      this.callers.pass(sequence);
      const delivery = pending.shift();
      if (delivery === undefined) continue;
      delivery.outcome = this.mayBeOnDisk(sequence) ? unknown(error) : failed(error);
      refused.push(delivery);
    }
    return refused;
  }

  /** What a failed write left on the disk may be found by the next start, and sent. */
  private mayBeOnDisk(sequence: number): boolean {
    return sequence < this.journal.log.attempted;
  }

  // Time passes.

  /** Accepts the entries that are due. */
  acceptDue(now: number): Due {
    const settled: Delivery[] = [];
    for (const entry of this.callers.entries) {
      const dueAt = this.policy.dueAt(entry);
      if (dueAt === Infinity) continue;
      if (dueAt > now) return { settled, nextAt: dueAt };
      // Its bytes are the caller's again then. Where some are gone, the stage that sends it reports
      // that.
      if (!entry.parked && !copyRecordBytes(entry.record)) continue;
      const origin = this.callers.release(entry);
      if (origin !== undefined) settled.push(answer(origin, entry, accepted()));
    }
    return { settled, nextAt: Infinity };
  }

  /** Ends what is past its deadline. The stages below see to the deadlines of what is in flight. */
  expire(now: number): Due {
    const { callers, pending } = this;
    const settled: Delivery[] = [];
    const expired = pending.takeExpired(now);
    let nextAt = pending.earliestDeadline;
    for (const entry of callers.entries) {
      if (entry.isInFlight) continue;
      if (entry.deadline > now) nextAt = Math.min(nextAt, entry.deadline);
      else this.expireEntry(entry, settled);
    }
    for (const delivery of expired) {
      // After a crash now, the next start sends it.
      delivery.outcome = unknown(errors.expired());
      settled.push(delivery);
    }
    return { settled, nextAt };
  }

  private expireEntry(entry: Entry, settled: Delivery[]): void {
    const origin = this.callers.release(entry);
    if (origin === undefined) return;
    entry.isExpired = true;
    const mayBeSent = entry.bypassed && this.mayBeOnDisk(entry.sequence);
    origin.outcome = mayBeSent ? unknown(errors.expired()) : failed(errors.expired());
    settled.push(origin);
    this.callers.done(entry);
  }

  // The end.

  /** Resolves when what was taken before the call is with Kafka, or at the deadline. */
  flush(deadline: number): Promise<void> {
    const { segments, log } = this.journal;
    const left = segments.live + this.pending.length + this.stall.openRecords;
    return this.callers.flush(log.nextSequence, left, deadline);
  }

  /** Settles all that is left when the journal is closed. */
  end(): Delivery[] {
    const left: Delivery[] = [];
    for (const entry of this.callers.entries) {
      if (entry.origin === undefined) continue;
      entry.origin.outcome = this.outcomeAtClose(entry);
      left.push(entry.origin);
    }
    const { stalledBy } = this.journal.log;
    const error = stalledBy === undefined ? errors.closed() : errors.refusedBy(stalledBy);
    const refused = this.refusePending(error);
    this.callers.end();
    return [...left, ...refused];
  }

  private outcomeAtClose(entry: Entry): Outcome {
    if (this.policy.covers(entry)) return accepted();
    if (!entry.bypassed) return unknown(errors.leftInJournal());
    const mayBeSent = entry.isInFlight || this.mayBeOnDisk(entry.sequence);
    return mayBeSent ? unknown(errors.closed()) : failed(errors.closed());
  }
}
