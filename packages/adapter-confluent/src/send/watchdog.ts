import type { Outcome } from '@holdfast/core';
import { failed, unknown, type Clock } from '@holdfast/core/stage';
import type { Link } from '../cluster/connection.js';
import { placeOf } from '../client/native-errors.js';
import { waitingIn, type Outstanding } from './outstanding.js';
import { Silence } from './stuck-partition-detector.js';
import type { Flight, Ticket } from './in-flight-record.js';
import type { PartitionState } from '../cluster/topic-state.js';
import type { Topics } from '../cluster/metadata-cache.js';
import { overtakenWhileItWaits, timedOut } from '../errors.js';

/** A record on its way for so long makes its topic's metadata worth asking for, ms. */
const slowMs = 1_000;
/** How long a client that is to be replaced has for what it holds of other partitions, ms. */
const leaveMs = 1_000;

export interface OverdueParts {
  readonly clock: Clock;
  readonly link: Link;
  readonly outstanding: Outstanding;
  readonly topics: Topics;
  readonly requestTimeoutMs: number;
  readonly end: (ticket: Ticket, outcome: Outcome) => void;
  /** The client is not replaced after all: what waits for another goes on. */
  readonly stay: () => void;
}

/**
 * What takes too long: ends records whose time is over, and replaces a client that does not get on
 * although it lives.
 */
export class Overdue {
  private readonly silence: Silence;
  private leaving: { readonly until: number; readonly stuck: PartitionState } | undefined;

  constructor(private readonly parts: OverdueParts) {
    this.silence = new Silence(parts.requestTimeoutMs);
  }

  /**
   * The client is to be replaced, and is given nothing more: what it holds for partitions that work
   * is still to come.
   */
  get isLeaving(): boolean {
    return this.leaving !== undefined;
  }

  /** A broker has spoken of a record. */
  heard(partition: PartitionState, now: number): void {
    this.silence.heard(partition, now);
  }

  /** The client itself gave a record up, or had it when its time was over. */
  unanswered({ partition, flight }: Ticket): void {
    if (partition !== undefined) this.silence.note(partition, Math.max(flight.startedAt, flight.sentAt));
  }

  look(now: number): void {
    const { outstanding, topics, requestTimeoutMs } = this.parts;
    const slow = Math.min(slowMs, requestTimeoutMs / 2);
    for (const flight of outstanding.all()) {
      if (flight.dueAt <= now) this.timeOut(flight, now);
      else if (flight.startedAt <= now - slow) topics.refresh(waitingIn(flight), slow);
    }
    this.judge();
    this.leaveWhenDone();
  }

  /** A record cannot go, as earlier ones of its partition are with the client. */
  isStuckBehind(ticket: Ticket): void {
    this.parts.topics.refresh([ticket], slowMs);
    this.judge();
  }

  /** Lets the client go once it has nothing more that is worth waiting for. */
  leaveWhenDone(): void {
    const { leaving, parts } = this;
    if (leaving === undefined) return;
    const { stuck, until } = leaving;
    if (parts.link.state !== 'up') {
      this.leaving = undefined; // no broker answers, which explains it; what waits is the link's
    } else if (!this.silence.has(stuck)) {
      this.leaving = undefined;
      parts.stay();
    } else if (parts.clock.now() >= until || !this.isWorthWaiting()) {
      this.silence.replaced(parts.clock.now());
      const place = placeOf({ topic: stuck.topic, partition: stuck.index });
      parts.link.sessionDied(`it brings nothing to ${place}, which has a leader`);
    }
  }

  /** The client is gone. */
  reset(): void {
    this.leaving = undefined;
    this.silence.clear();
  }

  private judge(): void {
    const { clock, link } = this.parts;
    if (this.isLeaving || link.state !== 'up') return;
    const now = clock.now();
    const partition = this.silence.stuck(now);
    if (partition === undefined) return;
    this.leaving = { until: now + leaveMs, stuck: partition };
    clock.soon(() => this.leaveWhenDone());
  }

  private isWorthWaiting(): boolean {
    return this.parts.outstanding
      .all()
      .some((flight) =>
        waitingIn(flight).some(
          ({ session, partition }) =>
            session !== 0 && partition !== undefined && !this.silence.has(partition),
        ),
      );
  }

  private timeOut(flight: Flight, now: number): void {
    for (const ticket of waitingIn(flight)) {
      const error = timedOut(ticket, this.parts.link.refusal(), now - flight.startedAt);
      const isSent = ticket.session !== 0;
      if (isSent) this.unanswered(ticket);
      this.parts.end(ticket, overtakenWhileItWaits(ticket) ?? (isSent ? unknown(error) : failed(error)));
    }
  }
}
