import { failed, noLane, ProducerError, type Failed, type Outcome } from '@holdfast/core';
import { stage } from './stage.js';
import type { Ticket } from './ticket.js';

/** Which records may be with the client at once, so that order holds whatever fails. */
export interface Gate {
  /** True: the ticket may go. False: it is kept, and goes through `Ways.go` in its turn. */
  enter(ticket: Ticket): boolean;
  /** A ticket that went has its outcome. */
  leave(ticket: Ticket, outcome: Outcome): void;
  /** The client is gone, and with it all that went. */
  reset(): void;
}

/** What a gate does with those it kept. */
export interface Ways {
  go(ticket: Ticket): void;
  refuse(ticket: Ticket, outcome: Failed): void;
}

/**
 * For an idempotent client. It keeps the order of a partition itself, as the broker refuses a batch whose predecessor is
 * missing; but only once it has a batch of this producer. Until one is confirmed, a first request may be refused and a second
 * one accepted, so the first record of a partition goes alone.
 */
export class FirstAlone implements Gate {
  constructor(
    private readonly ways: Ways,
    /** The session that tickets go to now. */
    private readonly session: () => number,
  ) {}

  enter(ticket: Ticket): boolean {
    const { partition } = ticket;
    if (partition === undefined || partition.confirmedBy === this.session()) return true;
    if (partition.first === undefined) {
      partition.first = ticket;
      return true;
    }
    partition.held.push(ticket);
    return false;
  }

  leave(ticket: Ticket, outcome: Outcome): void {
    const { partition } = ticket;
    if (partition?.first !== ticket) return;
    partition.first = undefined;
    if (outcome.status === 'delivered') partition.confirmedBy = ticket.session;
    const held = partition.held;
    partition.held = [];
    for (const one of held) if (!one.ended && this.enter(one)) this.ways.go(one);
  }

  reset(): void {
    // What it keeps is in the partitions.
  }
}

interface Lane {
  holder: Ticket;
  readonly held: Ticket[];
}

/**
 * For a client without idempotence. It cuts a partition's records into requests as it likes, and goes on with the next request
 * when one fails: so of each lane one record is on its way at a time.
 */
export class OneOfEachLane implements Gate {
  private readonly lanes = new Map<number, Lane>();

  constructor(private readonly ways: Ways) {}

  enter(ticket: Ticket): boolean {
    const { lane } = ticket.delivery;
    if (lane === noLane) return true;
    const found = this.lanes.get(lane);
    if (found === undefined) this.lanes.set(lane, { holder: ticket, held: [] });
    else if (found.holder !== ticket) found.held.push(ticket);
    return found === undefined || found.holder === ticket;
  }

  leave(ticket: Ticket, outcome: Outcome): void {
    const { lane } = ticket.delivery;
    const found = this.lanes.get(lane);
    if (found?.holder !== ticket) return;
    // One that will be tried again must not be overtaken by those that came with it.
    if (willBeTriedAgain(outcome)) this.refuseFollowers(found, outcome.error);
    const next = found.held.find(({ ended }) => !ended);
    if (next === undefined) return void this.lanes.delete(lane);
    found.held.splice(0, found.held.indexOf(next) + 1);
    found.holder = next;
    this.ways.go(next);
  }

  reset(): void {
    this.lanes.clear();
  }

  private refuseFollowers({ holder, held }: Lane, { code, message }: ProducerError): void {
    const outcome = failed(
      new ProducerError(code, `not sent, as an earlier record of its lane failed: ${message}`, {
        retriable: true,
        stage,
      }),
    );
    for (const one of held) {
      if (!one.ended && one.flight === holder.flight) this.ways.refuse(one, outcome);
    }
  }
}

function willBeTriedAgain(outcome: Outcome): outcome is Extract<Outcome, { status: 'failed' | 'unknown' }> {
  return outcome.status === 'unknown' || (outcome.status === 'failed' && outcome.error.retriable);
}
