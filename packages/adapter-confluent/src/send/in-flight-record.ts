import type { Failed } from '@holdfast/core';
import type { Delivery, Settle } from '@holdfast/core/stage';
import type { RefusedLanes } from './refusals.js';
import type { PartitionState } from '../cluster/topic-state.js';

/** One call of `send`, until all of it is settled. */
export interface Flight {
  readonly settle: Settle;
  readonly tickets: Ticket[];
  /** Deliveries not settled yet. */
  left: number;
  /** Those with an outcome, until the end of this turn of the event loop. */
  ready: Delivery[];
  /** Monotonic ms. */
  readonly startedAt: number;
  /** Monotonic ms at which the client was given the first of it; -1: not yet. */
  sentAt: number;
  /** Monotonic ms at which what is left ends as timed out. */
  dueAt: number;
  /** Set when the client died with a part of it: what of it was not sent must not go before that. */
  failure: Failed | undefined;
  refused: RefusedLanes | undefined;
  /** Its neighbours among those that are open. */
  older: Flight | undefined;
  newer: Flight | undefined;
}

/**
 * The client's `opaque` for one attempt of one delivery. The client keeps it as long as it may still write the record, which
 * can be longer than the attempt: then the ticket is *late*, and a later attempt of the same delivery takes it over.
 */
export class Ticket {
  /** The session that was given the record; 0: none yet. */
  session = 0;
  partition: PartitionState | undefined = undefined;
  private state: 'waiting' | 'late' | 'ended' = 'waiting';

  constructor(
    readonly delivery: Delivery,
    public flight: Flight,
  ) {}

  /** Its delivery has no outcome yet. */
  get waits(): boolean {
    return this.state === 'waiting';
  }

  /** The delivery was settled before the client's report. */
  get late(): boolean {
    return this.state === 'late';
  }

  /** Nothing is to come: the client has reported, or was never given the record and will not be. */
  get ended(): boolean {
    return this.state === 'ended';
  }

  becomeLate(): void {
    this.state = 'late';
  }

  end(): void {
    this.state = 'ended';
  }

  /** Another attempt waits for the same report. */
  waitAgain(flight: Flight): void {
    this.state = 'waiting';
    this.flight = flight;
    flight.tickets.push(this);
  }
}
