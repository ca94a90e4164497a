import type { Failed, Outcome, ProducerError } from '@holdfast/core';
import { DeferredTask } from '@holdfast/core/internal';
import { failed, unknown, within, type BaseEnv, type Delivery, type Settle } from '@holdfast/core/stage';
import type { RdKafka } from '@confluentinc/kafka-javascript';
import type { ClientFactory } from '../client/client-factory.js';
import {
  isFatal,
  isPurge,
  isStaleMetadata,
  nativeCodes,
  outOfSequenceReason,
  rejectionReasonOf,
} from '../client/native-errors.js';
import { recordProblem } from '../client/record-checks.js';
import { ClusterConnection, type ConnectionListener } from '../cluster/connection.js';
import { MetadataCache, type MetadataListener } from '../cluster/metadata-cache.js';
import type { PartitionState } from '../cluster/partition-state.js';
import { TopicCreator } from '../cluster/topic-creator.js';
import type { TopicState } from '../cluster/topic-state.js';
import { behindExpired, closeTimedOut, nativeOutcome, notWritten, reportTimedOut } from '../errors.js';
import type { ConfluentStats } from '../stats.js';
import { deliveredOutcome, type DeliveryReport } from './delivery-report.js';
import { InFlightRecord, type InFlightBatch } from './in-flight-batch.js';
import { InFlightRecords } from './in-flight-records.js';
import { Outstanding } from './outstanding.js';
import { ProduceQueue } from './produce-queue.js';
import { Router } from './router.js';
import { Watchdog } from './watchdog.js';

/**
 * librdkafka looks for messages that timed out once per second; its own report says more than ours.
 */
const plainGraceMs = 1_500;
/** How long after the deadline the client may take to end, ms; it goes on by itself after that. */
const closeGraceMs = 500;
/** A record in flight for this long has its topic's metadata fetched, ms. */
const slowMs = 1_000;

/** Takes batches down to the client, and its delivery reports up as outcomes. */
export class Sender implements ConnectionListener, MetadataListener {
  private readonly connection: ClusterConnection;
  private readonly metadata: MetadataCache;
  private readonly router: Router;
  private readonly outstanding: Outstanding;
  private readonly watchdog: Watchdog;
  private readonly queue: ProduceQueue;
  private readonly inFlight: InFlightRecords;
  /** Records that wait until it is known whether brokers can be reached. */
  private waitingForConnection: InFlightRecord[] = [];
  /** What the client reported in this turn of the event loop. */
  private reports: DeliveryReport[] = [];
  private readonly reading: DeferredTask;
  private readonly endingDrain: DeferredTask;
  /** Monotonic ms at which reports were last read. */
  private readAt = 0;
  /** The number of the batch that is being routed. */
  private batchNumber = 0;

  constructor(
    private readonly env: BaseEnv,
    private readonly clients: ClientFactory,
  ) {
    const { clock, random } = env;
    const { metadataMaxAgeMs, partitioner, requestTimeoutMs } = clients.settings;
    this.connection = new ClusterConnection(env, clients, this);
    const creator = new TopicCreator(clock, clients);
    this.metadata = new MetadataCache(clock, this.connection, creator, metadataMaxAgeMs, this);
    this.router = new Router(this.metadata, partitioner, random);
    this.outstanding = new Outstanding(clock, (now) => this.check(now));
    this.watchdog = new Watchdog(this.connection, this.outstanding, requestTimeoutMs);
    this.queue = new ProduceQueue(clock);
    this.inFlight = new InFlightRecords(this.outstanding, this.queue, clients.traits);
    this.reading = new DeferredTask(clock, () => this.readReports());
    this.endingDrain = new DeferredTask(clock, () => this.endDraining());
  }

  connect(): Promise<void> {
    return this.connection.connect();
  }

  send(deliveries: readonly Delivery[], settle: Settle): void {
    const batch = this.outstanding.add(deliveries, settle, this.timeoutMs());
    const outage = this.connection.outage();
    const failure = outage === undefined ? undefined : failed(outage);
    this.batchNumber++;
    for (const delivery of deliveries) {
      // Core counts attempts: before the first one there is nothing to take over.
      if (delivery.attempts !== 1 && this.inFlight.takeOver(delivery, batch)) continue;
      const record = new InFlightRecord(delivery, batch);
      batch.records.push(record);
      if (failure !== undefined) this.inFlight.end(record, failure);
      else this.route(record, false);
    }
    this.produceAll();
  }

  flush(deadline: number): Promise<void> {
    return this.outstanding.drained(deadline);
  }

  /**
   * At the deadline, what the client has ends as `unknown`, and what it was not given as `failed`.
   */
  async close(deadline: number): Promise<void> {
    await this.outstanding.drained(deadline);
    this.queue.session = undefined;
    this.readReports();
    for (const record of this.outstanding.pending())
      this.inFlight.end(record, record.session === 0 ? failed(closeTimedOut()) : unknown(closeTimedOut()));
    const { clock } = this.env;
    await within(
      this.connection.close(),
      Math.max(deadline, clock.now()) + closeGraceMs,
      clock,
      () => undefined,
    );
    await new Promise<void>((resolve) => clock.soon(resolve)); // until the last ones are settled
  }

  stats(): ConfluentStats {
    return {
      state: this.connection.state,
      inFlightRecords: this.outstanding.records,
      queueFullRecords: this.queue.length,
      idempotent: this.clients.traits.idempotent,
      ...this.connection.counts,
    };
  }

  // Down to the client.

  private routeAll(records: readonly InFlightRecord[], isFinal: boolean): void {
    this.batchNumber++;
    for (const record of records) if (!record.isDone) this.route(record, isFinal);
    this.produceAll();
  }

  /** `isFinal`: the metadata is as new as it gets. */
  private route(record: InFlightRecord, isFinal: boolean): void {
    const problem = recordProblem(record.delivery.record);
    if (problem !== undefined) return this.inFlight.end(record, failed(problem));
    if (this.connection.state !== 'up' || this.watchdog.isDraining)
      return void this.waitingForConnection.push(record);
    const routed = this.router.route(record, this.batchNumber, isFinal);
    if (routed === undefined) return;
    if ('status' in routed) return this.inFlight.end(record, routed);
    record.partition = routed;
    if (routed.expired > 0) this.endBehindExpired(record, routed);
    else this.inFlight.add(record);
  }

  private endBehindExpired(record: InFlightRecord, partition: PartitionState): void {
    this.metadata.refresh(partition.topic, slowMs);
    this.checkProgress(this.env.clock.now());
    this.inFlight.end(record, failed(behindExpired(partition, this.connection.outage())));
  }

  /** A record that ends may let others go: again until none is refused. */
  private produceAll(): void {
    if (this.watchdog.isDraining) return;
    for (;;) {
      const { refused, isDead } = this.queue.produceAll();
      for (const { record, failure, isStale } of refused) {
        if (isStale) this.metadata.invalidate(record.delivery.record.topic);
        this.inFlight.end(record, failure);
      }
      // What the client was given, and the record that it threw for, end with it.
      if (isDead) return this.connection.replaceSession();
      if (refused.length === 0) return;
    }
  }

  // Up from the client.

  reported(report: RdKafka.DeliveryReport, code: number, error: unknown): void {
    this.reports.push(code === 0 ? report : { ...report, failure: { code, error } });
    if (this.reports.length === 1) this.reading.schedule();
  }

  /** Comes before any other decision about records: those that are reported need none. */
  private readReports(): void {
    const { reports } = this;
    if (reports.length === 0) return;
    this.reports = [];
    this.readAt = this.env.clock.now();
    let death: DeliveryReport['failure'];
    for (const report of reports) if (this.read(report)) death = report.failure;
    if (death !== undefined) this.connection.replaceSession(outOfSequenceReason(death.code));
    this.endDraining();
    this.produceAll();
    this.outstanding.handUp();
  }

  /** Returns true when the client is dead. What it reported of other records holds all the same. */
  private read(report: DeliveryReport): boolean {
    const record: unknown = report.opaque;
    if (!(record instanceof InFlightRecord) || record.isDone || record.session !== this.inFlight.sessionId)
      return false;
    const { failure } = report;
    if (failure === undefined) this.complete(record, deliveredOutcome(report, record));
    else this.readFailure(record, failure.code, failure.error);
    return failure !== undefined && isFatal(failure.code);
  }

  private readFailure(record: InFlightRecord, code: number, error: unknown): void {
    if (isPurge(code) || isFatal(code)) return; // ends with the client, and with its batch
    const { partition, delivery } = record;
    const place = { topic: delivery.record.topic, partition: partition?.index };
    const reason = rejectionReasonOf(code);
    if (reason !== undefined && partition !== undefined) {
      this.watchdog.answered(partition, this.readAt);
      if (this.inFlight.reject(record, partition, reason, notWritten(code, place, error))) return;
    }
    if (isStaleMetadata(code)) this.metadata.invalidate(place.topic);
    // Its leader is gone with all others, and librdkafka tried to reach it until the record's time
    // was over.
    const isLost = code === nativeCodes.messageTimedOut && this.connection.state === 'down';
    if (code === nativeCodes.messageTimedOut) this.watchdog.timedOut(record);
    this.complete(record, nativeOutcome(isLost ? nativeCodes.transport : code, place, error));
  }

  private complete(record: InFlightRecord, outcome: Outcome): void {
    if (record.partition !== undefined && outcome.status !== 'unknown')
      this.watchdog.answered(record.partition, this.readAt);
    this.inFlight.complete(record, outcome);
  }

  // Time.

  private check(now: number): void {
    this.readReports();
    const slow = Math.min(slowMs, this.clients.settings.requestTimeoutMs / 2);
    for (const batch of this.outstanding.batches()) {
      if (batch.dueAt <= now) this.timeOut(batch, now);
      else if (batch.startedAt <= now - slow)
        for (const { delivery } of batch.pending()) this.metadata.refresh(delivery.record.topic, slow);
    }
    this.checkProgress(now);
    this.endDraining();
    this.produceAll();
  }

  private timeOut(batch: InFlightBatch, now: number): void {
    for (const record of batch.overdue(now)) {
      const { partition, delivery, session } = record;
      const wasSent = session !== 0;
      const error = reportTimedOut(
        delivery.record.topic,
        partition,
        wasSent,
        this.connection.outage(),
        now - batch.startedAt,
      );
      if (wasSent) this.watchdog.timedOut(record);
      this.inFlight.timeOut(record, wasSent ? unknown(error) : failed(error));
    }
  }

  private checkProgress(now: number): void {
    if (this.watchdog.check(now)) this.endingDrain.schedule();
  }

  private endDraining(): void {
    const result = this.watchdog.endDraining(this.env.clock.now());
    if (result === 'resume') this.connected();
    else if (result !== 'none') this.connection.replaceSession(result.replace);
  }

  // What the connection and the metadata report.

  connected(): void {
    const { session } = this.connection;
    if (session !== undefined && session.id !== this.inFlight.sessionId) {
      this.queue.session = session;
      this.inFlight.startSession(session.id, this.clients.traits);
    }
    const waiting = this.waitingForConnection;
    this.waitingForConnection = [];
    this.routeAll(waiting, false);
  }

  unavailable(error: ProducerError): void {
    const waiting = this.waitingForConnection;
    this.waitingForConnection = [];
    for (const record of waiting) this.inFlight.end(record, failed(error));
  }

  died(error: ProducerError, sentNothing: boolean): void {
    this.queue.session = undefined; // it is given nothing more
    this.readReports();
    this.queue.clear();
    this.waitingForConnection = this.inFlight.endSession(this.clients.traits, error, sentNothing);
    this.router.reset();
    this.metadata.reset();
    this.watchdog.reset();
  }

  fetched(topic: TopicState, problem: Failed | undefined): void {
    const waiting = this.router.takeWaiting(topic);
    if (problem === undefined) return this.routeAll(waiting, true);
    for (const record of waiting) this.inFlight.end(record, problem);
    this.produceAll();
  }

  private timeoutMs(): number {
    const { requestTimeoutMs } = this.clients.settings;
    return this.clients.traits.idempotent ? requestTimeoutMs : requestTimeoutMs + plainGraceMs;
  }
}
