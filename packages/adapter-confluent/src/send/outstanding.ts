import type { Outcome } from '@holdfast/core';
import {
  afterSilence,
  untilDeadline,
  type Clock,
  type Delivery,
  type Settle,
  type Timer,
} from '@holdfast/core/stage';
import type { Flight, Ticket } from './in-flight-record.js';

/** How often those on their way are looked at, ms. */
const lookMs = 250;

interface Waiter {
  readonly left: Set<Flight>;
  readonly done: () => void;
}

/** What the adapter was handed and has not settled. The only place that settles, always in a later turn, in groups. */
export class Outstanding {
  // A list of their own, and no Set: one that has grown old keeps what left it alive, batch by batch.
  private oldest: Flight | undefined;
  private newest: Flight | undefined;
  private dirty: Flight[] = [];
  private waiters: Waiter[] = [];
  private timer: Timer | undefined;
  records = 0;

  constructor(
    private readonly clock: Clock,
    /** Called every so often while something is on its way. */
    private readonly look: (now: number) => void,
  ) {}

  open(batch: readonly Delivery[], settle: Settle, timeoutMs: number): Flight {
    const startedAt = this.clock.now();
    let dueAt = startedAt + timeoutMs;
    for (const { deadline } of batch) if (deadline < dueAt) dueAt = deadline;
    const flight: Flight = {
      settle,
      tickets: [],
      left: batch.length,
      ready: [],
      startedAt,
      sentAt: -1,
      dueAt,
      failure: undefined,
      refused: undefined,
      older: undefined,
      newer: undefined,
    };
    if (batch.length > 0) this.append(flight);
    this.records += batch.length;
    this.watch();
    return flight;
  }

  /** The outcome of one delivery of the flight, once only. */
  settle(flight: Flight, delivery: Delivery, outcome: Outcome): void {
    delivery.outcome = outcome;
    if (flight.ready.push(delivery) > 1) return;
    if (this.dirty.push(flight) === 1) this.clock.soon(this.handUp);
  }

  /** Oldest first. */
  all(): Flight[] {
    const flights: Flight[] = [];
    for (let flight = this.oldest; flight !== undefined; flight = flight.newer) flights.push(flight);
    return flights;
  }

  /** Resolves when what is on its way now is settled, or at `deadline`. */
  drained(deadline: number): Promise<void> {
    if (this.oldest === undefined) return Promise.resolve();
    const left = new Set(this.all());
    const drained = new Promise<void>((done) => this.waiters.push({ left, done }));
    return untilDeadline(drained, deadline, this.clock);
  }

  /** What has an outcome goes up now. */
  readonly handUp = (): void => {
    const dirty = this.dirty;
    this.dirty = [];
    for (const flight of dirty) {
      const group = flight.ready;
      flight.ready = [];
      flight.left -= group.length;
      this.records -= group.length;
      if (flight.left === 0) this.close(flight);
      flight.settle(group);
    }
    this.tellDrained();
  };

  private append(flight: Flight): void {
    flight.older = this.newest;
    if (this.newest === undefined) this.oldest = flight;
    else this.newest.newer = flight;
    this.newest = flight;
  }

  private remove(flight: Flight): void {
    const { older, newer } = flight;
    if (older === undefined) this.oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.newest = older;
    else newer.older = older;
    flight.older = flight.newer = undefined;
  }

  private close(flight: Flight): void {
    this.remove(flight);
    // An array that died in the old generation would keep its young contents alive to be copied there, too.
    flight.tickets.length = 0;
    for (const { left } of this.waiters) left.delete(flight);
    if (this.oldest !== undefined) return;
    this.timer?.cancel();
    this.timer = undefined;
  }

  private tellDrained(): void {
    if (this.waiters.length === 0) return;
    const drained = this.waiters.filter(({ left }) => left.size === 0);
    this.waiters = this.waiters.filter(({ left }) => left.size > 0);
    for (const { done } of drained) done();
  }

  private watch(): void {
    if (this.timer !== undefined || this.oldest === undefined) return;
    this.timer = afterSilence(this.clock, lookMs, () => {
      this.timer = undefined;
      this.look(this.clock.now());
      this.watch();
    });
  }
}

/** Tickets of the flight whose delivery has no outcome yet. */
export function waitingIn(flight: Flight): Ticket[] {
  return flight.tickets.filter((ticket) => ticket.flight === flight && ticket.waits);
}
