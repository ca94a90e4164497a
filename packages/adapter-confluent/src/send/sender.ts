import type { ProducerError, Outcome } from '@holdfast/core';
import {
  failed,
  unknown,
  untilDeadline,
  type BaseEnv,
  type Delivery,
  type Settle,
} from '@holdfast/core/stage';
import type { RdKafka } from '@confluentinc/kafka-javascript';
import type { ClientSource } from '../client/client-factory.js';
import { leftByDead } from './dead-client.js';
import { LaneGate } from './muted-lanes.js';
import { LateTickets } from './expired-records.js';
import { Link } from '../cluster/connection.js';
import {
  blameOf,
  isDeadly,
  isPurge,
  isOfAnotherTopic,
  nativeCodes,
  outcomeOf,
  outOfStepWith,
  refusalOf,
} from '../client/native-errors.js';
import { Outbox } from './produce-queue.js';
import { Outstanding, waitingIn } from './outstanding.js';
import { Overdue } from './watchdog.js';
import { PartitionGate } from './partition-limiter.js';
import { noteRefusal } from './refusals.js';
import { delivered, type Report } from './delivery-report.js';
import { recordProblem } from '../client/record-checks.js';
import { Ticket, type Flight } from './in-flight-record.js';
import type { ConfluentStats } from '../stats.js';
import type { PartitionState } from '../cluster/topic-state.js';
import { TopicMaker } from '../cluster/topic-creator.js';
import { Topics } from '../cluster/metadata-cache.js';
import { closeTimedOut, stuckBehind } from '../errors.js';

/** librdkafka looks for messages that timed out once a second; its own report says more than ours. */
const plainGraceMs = 1_500;

/** How long after the deadline the client may take to end; it goes on by itself after that. */
const closeGraceMs = 500;

/** From a batch to the client, and from its reports to outcomes. */
export class Sender {
  private readonly link: Link;
  private readonly outstanding: Outstanding;
  private readonly topics: Topics;
  private readonly overdue: Overdue;
  private readonly outbox: Outbox;
  private readonly late = new LateTickets();
  private partitions: PartitionGate;
  private lanes: LaneGate | undefined;
  /** They wait to hear whether brokers can be reached. */
  private waitingForLink: Ticket[] = [];
  /** What the client reported in this turn of the event loop. */
  private reports: Report[] = [];
  /** Monotonic ms at which they were heeded. */
  private heardAt = 0;
  private sessionId = 0;
  /** The number of the batch that is being placed. */
  private batch = 0;

  constructor(
    private readonly env: BaseEnv,
    private readonly source: ClientSource,
  ) {
    this.link = new Link(env, source, {
      up: () => this.onUp(),
      down: (error) => this.onDown(error),
      dead: (error, sentNothing) => this.onDead(error, sentNothing),
      report: this.onReport,
    });
    this.outstanding = new Outstanding(env.clock, (now) => this.look(now));
    const maker = new TopicMaker(env.clock, source);
    this.topics = new Topics(env, this.link, maker, source.settings, {
      resolved: (tickets) => this.routeAll(tickets, true),
      refuse: (ticket, outcome) => {
        this.end(ticket, outcome);
        this.produceAll();
      },
    });
    this.overdue = new Overdue({
      clock: env.clock,
      link: this.link,
      outstanding: this.outstanding,
      topics: this.topics,
      requestTimeoutMs: source.settings.requestTimeoutMs,
      end: (ticket, outcome) => this.end(ticket, outcome),
      stay: () => this.onUp(),
    });
    this.outbox = new Outbox({
      clock: env.clock,
      refuse: (ticket, outcome) => this.end(ticket, outcome),
      doubt: (topic) => this.topics.doubt(topic),
      died: () => this.link.sessionDied(),
    });
    this.partitions = this.newPartitionGate();
  }

  connect(): Promise<void> {
    return this.link.connect();
  }

  send(batch: readonly Delivery[], settle: Settle): void {
    const flight = this.outstanding.open(batch, settle, this.timeoutMs());
    const refusal = this.link.refusal();
    const refused = refusal === undefined ? undefined : failed(refusal);
    this.batch++;
    for (const delivery of batch) {
      // Core counts attempts: on the first there is nothing to take over.
      if (delivery.attempts !== 1 && this.takeOver(delivery, flight)) continue;
      const ticket = new Ticket(delivery, flight);
      flight.tickets.push(ticket);
      if (refused !== undefined) this.end(ticket, refused);
      else this.route(ticket, false);
    }
    this.produceAll();
  }

  flush(deadline: number): Promise<void> {
    return this.outstanding.drained(deadline);
  }

  /** What is on its way at the deadline ends as `unknown`, what the client was not given as `failed`. */
  async close(deadline: number): Promise<void> {
    await this.outstanding.drained(deadline);
    this.outbox.session = undefined;
    this.heedReports();
    for (const flight of this.outstanding.all()) {
      for (const ticket of waitingIn(flight)) {
        this.end(ticket, ticket.session === 0 ? failed(closeTimedOut()) : unknown(closeTimedOut()));
      }
    }
    const { clock } = this.env;
    await untilDeadline(this.link.close(), Math.max(deadline, clock.now()) + closeGraceMs, clock);
    await new Promise<void>((resolve) => clock.soon(resolve)); // until the last ones are settled
  }

  stats(): ConfluentStats {
    return {
      state: this.link.state,
      inFlightRecords: this.outstanding.records,
      queueFullRecords: this.outbox.records,
      idempotent: this.source.traits.idempotent,
      ...this.link.counts,
    };
  }

  // On the way down.

  private routeAll(tickets: readonly Ticket[], final: boolean): void {
    this.batch++;
    for (const ticket of tickets) if (!ticket.ended) this.route(ticket, final);
    this.produceAll();
  }

  /** `final`: the metadata is as new as it gets. */
  private route(ticket: Ticket, final: boolean): void {
    const { failure } = ticket.flight;
    // The client died over this batch: its earlier records are sent again first.
    if (failure !== undefined) return this.end(ticket, failure);
    const problem = recordProblem(ticket.delivery.record);
    if (problem !== undefined) return this.end(ticket, failed(problem));
    if (this.link.state !== 'up' || this.overdue.isLeaving) return void this.waitingForLink.push(ticket);
    if (!this.topics.place(ticket, this.batch, final)) return;
    const { partition } = ticket;
    if (partition === undefined) return;
    if (partition.late > 0) this.isStuckBehind(ticket, partition);
    else if (this.lanes === undefined || this.lanes.enter(ticket)) this.toPartition(ticket);
  }

  private isStuckBehind(ticket: Ticket, partition: PartitionState): void {
    this.overdue.isStuckBehind(ticket);
    this.end(ticket, failed(stuckBehind(partition, this.link.refusal())));
  }

  private readonly toPartition = (ticket: Ticket): void => {
    const { partition } = ticket;
    if (partition === undefined) return;
    if (partition.free || this.partitions.enter(ticket, partition)) this.outbox.add(ticket);
  };

  private produceAll(): void {
    if (!this.overdue.isLeaving) this.outbox.giveAll();
  }

  // On the way up.

  private readonly onReport = (report: RdKafka.DeliveryReport, code: number, error: unknown): void => {
    this.reports.push(code === 0 ? report : { ...report, failure: { code, error } });
    if (this.reports.length === 1) this.env.clock.soon(this.heedReports);
  };

  /** Before anything else is concluded: what has been reported is no question any more. */
  private readonly heedReports = (): void => {
    const { reports } = this;
    if (reports.length === 0) return;
    this.reports = [];
    this.heardAt = this.env.clock.now();
    let death: Report['failure'];
    for (const report of reports) if (this.heed(report)) death = report.failure;
    if (death !== undefined) this.link.sessionDied(outOfStepWith(death.code));
    this.overdue.leaveWhenDone();
    this.produceAll();
    this.outstanding.handUp();
  };

  /** True: the client is dead. What it reported of other records holds all the same. */
  private heed(report: Report): boolean {
    const ticket: unknown = report.opaque;
    if (!(ticket instanceof Ticket) || ticket.ended || ticket.session !== this.sessionId) return false;
    const { failure } = report;
    if (failure !== undefined) this.heedFailure(ticket, failure.code, failure.error);
    else this.reported(ticket, delivered(report, ticket));
    return failure !== undefined && isDeadly(failure.code);
  }

  private heedFailure(ticket: Ticket, code: number, error: unknown): void {
    if (isPurge(code) || isDeadly(code)) return; // ends with the client, and with what came in one batch with it
    const { partition, delivery } = ticket;
    const place = { topic: delivery.record.topic, partition: partition?.index };
    const blame = blameOf(code);
    if (blame !== undefined && partition !== undefined && !ticket.late) {
      this.overdue.heard(partition, this.heardAt);
      if (this.partitions.goesAgain(ticket, partition, blame, refusalOf(code, place, error))) return;
    }
    if (isOfAnotherTopic(code)) this.topics.doubt(place.topic);
    if (blame === 'record' && ticket.late) this.late.refusedTogether(ticket, refusalOf(code, place, error));
    // Its leader has gone with all others, and librdkafka has tried to reach it again until the record's time was over.
    const isLost = code === nativeCodes.messageTimedOut && this.link.state === 'down';
    if (code === nativeCodes.messageTimedOut) this.overdue.unanswered(ticket);
    this.reported(ticket, outcomeOf(isLost ? nativeCodes.transport : code, place, error));
  }

  private reported(ticket: Ticket, outcome: Outcome): void {
    if (ticket.late) this.late.reported(ticket, outcome);
    else this.outstanding.settle(ticket.flight, ticket.delivery, outcome);
    if (outcome.status !== 'failed') this.late.passed(ticket);
    if (ticket.partition !== undefined && outcome.status !== 'unknown')
      this.overdue.heard(ticket.partition, this.heardAt);
    ticket.end();
    this.leave(ticket, outcome);
  }

  /** An earlier attempt of the same delivery is still with the client: it stands for this one, too. */
  private takeOver(delivery: Delivery, flight: Flight): boolean {
    const taken = this.late.take(delivery, flight, this.sessionId);
    if (taken === undefined) return false;
    if (taken.result !== undefined) this.outstanding.settle(flight, delivery, taken.result);
    return true;
  }

  /** Ends a ticket without the client's report. */
  private end(ticket: Ticket, outcome: Outcome): void {
    // What one ticket's end leads to may have ended this one already.
    if (!ticket.waits) return;
    this.outstanding.settle(ticket.flight, ticket.delivery, outcome);
    if (ticket.session !== 0) return this.late.add(ticket);
    noteRefusal(ticket, outcome);
    ticket.end();
    this.leave(ticket, outcome);
  }

  private leave(ticket: Ticket, outcome: Outcome): void {
    const { partition } = ticket;
    if (partition !== undefined && !partition.free) this.partitions.leave(ticket, partition, outcome);
    this.lanes?.leave(ticket, outcome);
  }

  private look(now: number): void {
    this.heedReports();
    this.overdue.look(now);
    this.produceAll();
  }

  // The link.

  private onUp(): void {
    const { session } = this.link;
    if (session !== undefined && session.id !== this.sessionId) {
      this.outbox.session = session;
      this.sessionId = session.id;
      this.partitions = this.newPartitionGate();
      this.lanes = this.newLaneGate();
    }
    const waiting = this.waitingForLink;
    this.waitingForLink = [];
    this.routeAll(waiting, false);
  }

  private onDown(error: ProducerError): void {
    const waiting = this.waitingForLink;
    this.waitingForLink = [];
    for (const ticket of waiting) if (!ticket.ended) this.end(ticket, failed(error));
  }

  private onDead(error: ProducerError, sentNothing: boolean): void {
    this.outbox.session = undefined; // it is given nothing more
    this.heedReports();
    this.sessionId = 0;
    this.outbox.clear();
    this.waitingForLink = leftByDead(this.outstanding, error, sentNothing);
    this.late.sessionEnded();
    this.topics.reset();
    this.overdue.reset();
  }

  private newPartitionGate(): PartitionGate {
    return new PartitionGate({
      traits: this.source.traits,
      go: this.outbox.add,
      refuse: (ticket, outcome) => this.end(ticket, outcome),
      session: () => this.sessionId,
      withClient: (partition) =>
        this.outstanding
          .all()
          .flatMap(waitingIn)
          .filter((ticket) => ticket.partition === partition && ticket.session !== 0),
    });
  }

  private newLaneGate(): LaneGate | undefined {
    if (this.source.traits.idempotent) return undefined;
    return new LaneGate({ go: this.toPartition, refuse: (ticket, outcome) => this.end(ticket, outcome) });
  }

  private timeoutMs(): number {
    const { requestTimeoutMs } = this.source.settings;
    return this.source.traits.idempotent ? requestTimeoutMs : requestTimeoutMs + plainGraceMs;
  }
}
