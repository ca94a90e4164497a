import { recordBytes, type Outcome } from '@holdfast/core';
import type { Ticket } from './ticket.js';
import type { PartitionState } from './topic-state.js';

/** More than a record's share of the framing, so that a sum is never below what the broker counts. */
const framingBytes = 80;

export interface PartitionGateOptions {
  readonly idempotent: boolean;
  /** The turn of a ticket that was kept has come. */
  readonly go: (ticket: Ticket) => void;
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
    this.uncount(ticket, partition);
    if (outcome.status === 'delivered') partition.confirmedBy = ticket.session;
    this.release(partition);
  }

  /** The broker says `MESSAGE_TOO_LARGE`. True: it meant a whole request, and the ticket goes again. */
  goesAgain(ticket: Ticket, partition: PartitionState): boolean {
    if (partition.solo === ticket) return false;
    if (partition.free) {
      partition.free = false;
      partition.sizes.clear();
      partition.bytes = 0;
      for (const other of this.options.withClient(partition)) this.count(other, partition);
    }
    this.uncount(ticket, partition);
    partition.solo = undefined;
    ticket.session = 0;
    partition.returned.push(ticket);
    this.release(partition);
    return true;
  }

  private release(partition: PartitionState): void {
    if (partition.sizes.size === 0) this.takeBack(partition);
    if (partition.returned.length > 0) return;
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
    const { returned, held } = partition;
    if (returned.length === 0) return;
    const bytes = returned.reduce((sum, ticket) => sum + bytesOf(ticket), 0);
    partition.limitBytes = Math.min(partition.limitBytes, Math.max(1, bytes >> 1));
    partition.held = [...returned, ...held];
    partition.returned = [];
  }

  private fits(ticket: Ticket, partition: PartitionState): boolean {
    if (partition.sizes.size === 0) return true;
    if (partition.limitBytes === Infinity || !this.isConfirmed(partition)) return false;
    return partition.returned.length === 0 && partition.bytes + bytesOf(ticket) <= partition.limitBytes;
  }

  private becomesFree(partition: PartitionState): boolean {
    const { limitBytes, returned } = partition;
    return (partition.free = limitBytes === Infinity && returned.length === 0 && this.isConfirmed(partition));
  }

  private isConfirmed({ confirmedBy }: PartitionState): boolean {
    const { idempotent, session } = this.options;
    return !idempotent || confirmedBy === session();
  }

  private count(ticket: Ticket, partition: PartitionState): void {
    partition.solo = partition.sizes.size === 0 ? ticket : undefined;
    const bytes = bytesOf(ticket);
    partition.sizes.set(ticket, bytes);
    partition.bytes += bytes;
  }

  private uncount(ticket: Ticket, partition: PartitionState): void {
    partition.bytes -= partition.sizes.get(ticket) ?? 0;
    partition.sizes.delete(ticket);
  }
}

const bytesOf = ({ delivery }: Ticket): number => recordBytes(delivery.record) + framingBytes;
