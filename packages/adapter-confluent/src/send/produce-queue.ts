import { ProducerError, type Failed } from '@holdfast/core';
import { failed, type Clock } from '@holdfast/core/stage';
import { codeOf } from '../client/native-types.js';
import { isDeadly, isOfAnotherTopic, nativeCodes, refusalOf } from '../client/native-errors.js';
import { earliest, nativeBytes, nativeHeaders } from '../client/native-record.js';
import { refusalOfLane } from './refusals.js';
import type { Session } from '../cluster/session.js';
import { memoryProblem } from '../client/record-checks.js';
import type { Ticket } from './in-flight-record.js';

export interface OutboxParts {
  readonly clock: Clock;
  /** Ends a ticket that the client was not given. */
  readonly refuse: (ticket: Ticket, outcome: Failed) => void;
  /** What is known of the topic's partitions may be wrong. */
  readonly doubt: (topic: string) => void;
  /** The client takes nothing more. What it was given, and the ticket in hand, end with it. */
  readonly died: () => void;
}

/** Records that are next for the client, in order. They stay here while its own queue is full. */
export class Outbox {
  /** Who is given them; `undefined`: nobody. */
  session: Session | undefined;
  private tickets: Ticket[] = [];
  private giving = false;
  /** Monotonic ms at which the client was last given something. */
  private givenAt = 0;

  constructor(private readonly parts: OutboxParts) {}

  get records(): number {
    return this.tickets.length;
  }

  readonly add = (ticket: Ticket): void => {
    this.tickets.push(ticket);
  };

  clear(): void {
    this.tickets = [];
  }

  /** In a loop of its own: alternating with the client's native code, every line of ours would be fetched anew a record. */
  giveAll(): void {
    if (this.giving) return;
    this.giving = true;
    this.givenAt = this.parts.clock.now();
    // The client can die in this loop, and what it leaves behind is no longer ours to count.
    const { tickets } = this;
    let next = 0;
    for (let ticket = tickets[0]; ticket !== undefined; ticket = tickets[++next]) {
      if (ticket.waits && !this.give(ticket)) break;
    }
    if (next === tickets.length) tickets.length = 0;
    else tickets.splice(0, next);
    this.giving = false;
  }

  /** False: the client's queue is full, and nothing happened. */
  private give(ticket: Ticket): boolean {
    const { partition, delivery } = ticket;
    const { session } = this;
    if (partition === undefined || session === undefined) return true;
    const refusal = refusalOfLane(ticket);
    if (refusal !== undefined) return this.refused(ticket, refusal);
    const { record } = delivery;
    const headers = memoryProblem(record) ?? nativeHeaders(record);
    if (ProducerError.is(headers)) return this.refused(ticket, failed(headers));
    const { key, value } = record;
    try {
      session.producer.produce(
        record.topic,
        partition.index,
        value === null ? null : nativeBytes(value),
        key === null ? null : nativeBytes(key),
        record.timestamp || earliest,
        ticket,
        headers,
      );
      ticket.session = session.id;
      if (ticket.flight.sentAt < 0) ticket.flight.sentAt = this.givenAt;
      return true;
    } catch (thrown) {
      return this.threw(ticket, thrown);
    }
  }

  private threw(ticket: Ticket, thrown: unknown): boolean {
    const code = codeOf(thrown);
    if (code === nativeCodes.queueFull) return false;
    if (code === undefined || isDeadly(code)) {
      this.parts.died();
      return true;
    }
    const { partition } = ticket;
    const place = { topic: ticket.delivery.record.topic, partition: partition?.index };
    if (isOfAnotherTopic(code)) this.parts.doubt(place.topic);
    return this.refused(ticket, refusalOf(code, place, thrown));
  }

  private refused(ticket: Ticket, outcome: Failed): true {
    this.parts.refuse(ticket, outcome);
    return true;
  }
}
