import { ProducerError, type Failed, type Outcome } from '@holdfast/core';
import { failed, noLane } from '@holdfast/core/stage';
import { stage } from '../stage.js';
import type { Ticket } from './in-flight-record.js';

interface Lane {
  holder: Ticket;
  readonly held: Ticket[];
}

export interface LaneGateOptions {
  /** The turn of a ticket that was kept has come. */
  readonly go: (ticket: Ticket) => void;
  /** A ticket that was kept must not go. */
  readonly refuse: (ticket: Ticket, outcome: Failed) => void;
}

/**
 * For a client without idempotence. It cuts a partition's records into requests as it likes, and goes on with the next request
 * when one fails: so of each lane one record is on its way at a time.
 */
export class LaneGate {
  private readonly lanes = new Map<number, Lane>();
  /** Those whose turn has come. */
  private readonly turns: Ticket[] = [];
  private moving = false;

  constructor(private readonly options: LaneGateOptions) {}

  /** True: the ticket may go. False: it is kept for its turn. */
  enter(ticket: Ticket): boolean {
    const { lane } = ticket.delivery;
    if (lane === noLane) return true;
    const found = this.lanes.get(lane);
    if (found === undefined) this.lanes.set(lane, { holder: ticket, held: [] });
    else found.held.push(ticket);
    return found === undefined;
  }

  /** A ticket that went has its outcome. */
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
    this.turns.push(next);
    this.move();
  }

  /** One that is refused on its way out leaves at once: the loop outside goes on with the next. */
  private move(): void {
    if (this.moving) return;
    this.moving = true;
    for (let ticket = this.turns.shift(); ticket !== undefined; ticket = this.turns.shift())
      this.options.go(ticket);
    this.moving = false;
  }

  private refuseFollowers({ holder, held }: Lane, { code, message }: ProducerError): void {
    const error = new ProducerError(code, `not sent, as an earlier record of its lane failed: ${message}`, {
      retriable: true,
      stage,
    });
    for (const one of held) {
      if (!one.ended && one.flight === holder.flight) this.options.refuse(one, failed(error));
    }
  }
}

function willBeTriedAgain(outcome: Outcome): outcome is Extract<Outcome, { status: 'failed' | 'unknown' }> {
  return outcome.status === 'unknown' || (outcome.status === 'failed' && outcome.error.retriable);
}
