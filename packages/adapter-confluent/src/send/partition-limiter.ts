import type { Failed, Outcome } from '@holdfast/core';
import { recordBytes } from '@holdfast/core/stage';
import type { Traits } from '../client/client-config.js';
import type { Blame } from '../client/native-errors.js';
import { Suspects } from './bisection.js';
import type { Ticket } from './in-flight-record.js';
import type { PartitionState } from '../cluster/topic-state.js';
import { overtaken } from '../errors.js';

/** More than a record's share of the framing, so that a sum is never below what the broker counts. */
const framingBytes = 80;

export interface PartitionGateOptions {
  readonly traits: Traits;
  /** The turn of a ticket that was kept has come. */
  readonly go: (ticket: Ticket) => void;
  /** A ticket that was to go again must not. */
  readonly refuse: (ticket: Ticket, outcome: Failed) => void;
  /** The session that tickets go to. */
  readonly session: () => number;
  /** Tickets for the partition that the client has. */
  readonly withClient: (partition: PartitionState) => readonly Ticket[];
}

/**
 * How much of a partition may be with the client at once. All of it, except:
 *
 * - An idempotent client keeps the order of a partition, as the broker refuses a batch whose predecessor is missing; but only
 *   once it has a batch of this producer. Until one is confirmed the first request may be refused and the second accepted,
 *   so the first record goes alone.
 * - The client puts up to `batch.size` bytes into a request, and a topic may take less (`max.message.bytes`): then all of the
 *   request is refused. Its records go again, and from then on only so many at once as are half as large together.
 * - A record that the broker finds wrong (its timestamp, no key in a compacted topic) has all of its request refused. They go
 *   again in halves until it stands alone, see `Suspects`.
 */
export class PartitionGate {
  constructor(private readonly options: PartitionGateOptions) {}

  /** True: the ticket may go. False: it is kept for its turn. */
  enter(ticket: Ticket, partition: PartitionState): boolean {
    if (partition.free || (partition.held.length === 0 && this.becomesFree(partition))) return true;
    if (partition.held.length > 0 || !this.fits(ticket, partition)) {
      partition.held.push(ticket);
      return false;
    }
    this.count(ticket, partition);
    return true;
  }

  /** A ticket that went has its outcome. */
  leave(ticket: Ticket, partition: PartitionState, outcome: Outcome): void {
    if (partition.free) return;
    if (outcome.status === 'delivered') partition.confirmedBy = ticket.session;
    if (outcome.status !== 'failed') this.refuseOvertaken(ticket, partition);
    this.uncount(ticket, partition);
    partition.suspects?.settled(ticket);
    this.release(partition);
  }

  /** The broker refused a request. True: for all that this ticket can do, so it goes again. */
  goesAgain(ticket: Ticket, partition: PartitionState, blame: Blame, refusal: Failed): boolean {
    if (partition.solo === ticket) {
      if (blame === 'record') partition.suspects?.foundOne();
      return false;
    }
    if (partition.free) this.close(partition);
    this.uncount(ticket, partition);
    partition.solo = undefined;
    ticket.session = 0;
    partition.returned.push(ticket);
    if (blame === 'size') partition.returnedBytes += bytesOf(ticket);
    else (partition.suspects ??= new Suspects(this.options.traits.lingers)).refused(ticket, refusal);
    this.release(partition);
    return true;
  }

  /** From now on it counts what is with the client. */
  private close(partition: PartitionState): void {
    partition.free = false;
    partition.sizes.clear();
    partition.bytes = 0;
    for (const ticket of this.options.withClient(partition)) this.count(ticket, partition);
  }

  /** The ticket is written, or may be: of its lane nothing that came before it may go again. */
  private refuseOvertaken(ticket: Ticket, partition: PartitionState): void {
    for (const { ticket: earlier, refusal } of partition.suspects?.overtakenBy(ticket) ?? []) {
      this.options.refuse(earlier, overtaken(refusal));
    }
  }

  private release(partition: PartitionState): void {
    if (partition.sizes.size === 0) {
      partition.suspects?.idle();
      this.takeBack(partition);
    }
    if (partition.returned.length > 0) return;
    if (partition.suspects?.isEmpty === true) partition.suspects = undefined;
    this.becomesFree(partition);
    // One that is refused on its way out comes back here at once: the loop outside goes on with the next.
    if (partition.releasing) return;
    partition.releasing = true;
    for (let ticket = partition.held[0]; ticket !== undefined; ticket = partition.held[0]) {
      if (!ticket.ended && !partition.free && !this.fits(ticket, partition)) break;
      partition.held.shift();
      if (ticket.ended) continue;
      if (!partition.free) this.count(ticket, partition);
      this.options.go(ticket);
    }
    partition.releasing = false;
  }

  /** Those that were refused together stand in front again, with a lower limit. */
  private takeBack(partition: PartitionState): void {
    const { returned, returnedBytes, held } = partition;
    if (returned.length === 0) return;
    if (returnedBytes > 0) partition.limitBytes = Math.min(partition.limitBytes, returnedBytes >> 1);
    partition.held = [...returned, ...held];
    partition.returned = [];
    partition.returnedBytes = 0;
  }

  private fits(ticket: Ticket, partition: PartitionState): boolean {
    const { sizes, suspects, bytes, limitBytes, returned } = partition;
    if (sizes.size === 0) return true;
    if (returned.length > 0 || !this.isConfirmed(partition)) return false;
    return bytes + bytesOf(ticket) <= limitBytes && suspects?.mayJoin(ticket, sizes.size) !== false;
  }

  private becomesFree(partition: PartitionState): boolean {
    const { limitBytes, returned, suspects } = partition;
    const isBound = limitBytes !== Infinity || returned.length > 0 || suspects !== undefined;
    return (partition.free = !isBound && this.isConfirmed(partition));
  }

  private isConfirmed({ confirmedBy }: PartitionState): boolean {
    const { traits, session } = this.options;
    return !traits.idempotent || confirmedBy === session();
  }

  private count(ticket: Ticket, partition: PartitionState): void {
    partition.solo = partition.sizes.size === 0 ? ticket : undefined;
    partition.suspects?.went(ticket);
    const bytes = bytesOf(ticket);
    partition.sizes.set(ticket, bytes);
    partition.bytes += bytes;
  }

  private uncount(ticket: Ticket, partition: PartitionState): void {
    partition.bytes -= partition.sizes.get(ticket) ?? 0;
    if (partition.sizes.delete(ticket)) partition.suspects?.cameBack();
  }
}

const bytesOf = ({ delivery }: Ticket): number => recordBytes(delivery.record) + framingBytes;
