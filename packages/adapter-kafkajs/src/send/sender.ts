import { defaultPartitioner, type ProducerError } from '@holdfast/core';
import { brokerOutcome } from '@holdfast/core/adapter';
import { DeadlineSweep } from '@holdfast/core/internal';
import { failed, type BaseEnv, type Delivery, type Settle } from '@holdfast/core/stage';
import type { Connections } from '../client/connections.js';
import { connectError } from '../client/kafkajs-errors.js';
import type { Broker } from '../cluster/broker.js';
import { Cluster, type ClusterListener } from '../cluster/cluster.js';
import { closeTimedOut, stage } from '../errors.js';
import type { Settings } from '../options.js';
import type { KafkajsStats } from '../stats.js';
import type { ProduceResponse } from '../wire/decode-produce.js';
import { batchByPartition } from './batching.js';
import { DeliveryGroup } from './delivery-group.js';
import { IdempotentSequencer } from './idempotent-sequencer.js';
import { MetadataWait } from './metadata-wait.js';
import { Outstanding, type OverdueListener } from './outstanding.js';
import { PlainSequencer } from './plain-sequencer.js';
import { ProduceExchange } from './produce-exchange.js';
import type { ProduceRequest } from './produce-request.js';
import { pastDeadline, type BatchResult } from './produce-result.js';
import type { RecordBatch } from './record-batch.js';
import type { RequestQueueListener } from './request-queue.js';
import { RequestRouter } from './request-router.js';
import type { Sequencer } from './sequencer.js';

/** A partition has another leader, or a topic is not what it was. */
const staleMetadataCodes: readonly (number | undefined)[] = [3, 5, 6, 9, 13, 56, 72, 74, 75, 100, 103];

const leaderNotAvailable = 5;

/**
 * The adapter while it is connected. Records become batches, the sequencer decides which of them
 * go, the router puts those into requests, and the results go back to the sequencer, which returns
 * what has ended.
 */
export class Sender implements ClusterListener, OverdueListener, RequestQueueListener {
  private readonly cluster: Cluster;
  private readonly outstanding: Outstanding;
  private readonly sequencer: Sequencer;
  private readonly router: RequestRouter;
  private readonly exchange: ProduceExchange;
  private readonly partitionByDefault: ReturnType<typeof defaultPartitioner>;
  private readonly pauses: DeadlineSweep;
  private isRequestingId = false;
  private batchNumber = 0;
  private throttledMs = 0;
  private isClosed = false;

  constructor(
    private readonly env: BaseEnv,
    private readonly settings: Settings,
    connections: Connections,
  ) {
    const { clock, logger } = env;
    this.partitionByDefault = defaultPartitioner(env.random);
    this.outstanding = new Outstanding(clock, this);
    this.cluster = new Cluster({ env, settings, connections, listener: this });
    this.router = new RequestRouter(this.cluster, settings, clock, this);
    this.exchange = new ProduceExchange(settings.requestTimeoutMs);
    const context = { outstanding: this.outstanding, metadata: this.cluster.metadata };
    const { maxInFlight, mayGoWithout } = settings;
    this.sequencer = settings.idempotent
      ? new IdempotentSequencer({ ...context, clock, logger, maxInFlight, mayGoWithout })
      : new PlainSequencer(context);
    const resume = (now: number): void => this.advance(this.sequencer.resume(now));
    this.pauses = new DeadlineSweep({ clock, intervalMs: 0, sweep: resume });
  }

  get idempotent(): boolean {
    return this.sequencer.idempotent;
  }

  connect(): Promise<void> {
    return this.cluster.start();
  }

  /** Takes records for the first time. */
  submit(deliveries: Delivery[], settle: Settle): void {
    this.batch(deliveries, settle);
  }

  flush(deadline: number): Promise<void> {
    return this.outstanding.drained(deadline);
  }

  async close(deadline: number): Promise<void> {
    await this.outstanding.drained(deadline);
    const error = closeTimedOut();
    // A request may outlive its records, and its result must not begin a pause.
    this.isClosed = true;
    this.pauses.cancel();
    if (this.outstanding.records === 0) return this.cluster.close(error);
    this.outstanding.abandon(error);
    this.cluster.abort(error);
  }

  stats(): KafkajsStats {
    return {
      ...this.cluster.stats(),
      records: this.outstanding.records,
      idempotent: this.idempotent,
      throttledMs: this.throttledMs,
    };
  }

  overdue(batch: RecordBatch): void {
    this.advance(this.sequencer.expire(batch));
  }

  metadataChanged(): void {
    const waiting = this.router.takeWaiting();
    if (waiting.length > 0) this.dispatch(waiting);
  }

  topicsForgotten(topics: ReadonlySet<string>): void {
    this.sequencer.forget(topics);
  }

  async send(request: ProduceRequest, broker: Broker): Promise<void> {
    // What is certainly not sent yet must not be sent later.
    const expired = request.without((batch) => batch.ended);
    if (expired.length > 0) this.complete(expired.map((batch) => ({ batch, result: pastDeadline(batch) })));
    const connection = broker.session ?? broker;
    const held = request.without((batch) => !this.sequencer.mayGo(batch, connection));
    if (held.length > 0) this.advance(this.sequencer.takeBack(held));
    if (request.isEmpty) return;
    const { response, results, apart } = await this.exchange.send(request, broker);
    for (const batch of apart) this.dispatch([batch]);
    if (response !== undefined) this.note(response);
    if (results.some(isFromStaleMetadata)) this.cluster.refreshSoon();
    if (results.length > 0) this.complete(results);
  }

  unreachable(requests: readonly ProduceRequest[], error: ProducerError): void {
    this.cluster.refreshSoon();
    const result = failed(error);
    this.complete(requests.flatMap((request) => request.batches().map((batch) => ({ batch, result }))));
  }

  /**
   * `awaited`: the group that held the same deliveries while metadata about their topics was
   * requested.
   */
  private batch(deliveries: Delivery[], settle: Settle, awaited?: DeliveryGroup): void {
    const { settings, env, outstanding } = this;
    const { batches, awaitingMetadata, refused } = batchByPartition(deliveries, settle, {
      metadata: this.cluster.metadata,
      partitioner: settings.partitioner,
      byDefault: this.partitionByDefault,
      batchNumber: ++this.batchNumber,
      maxRecords: settings.maxRequestRecords,
      maxBytes: settings.maxRequestBytes,
      now: env.clock.now(),
      mayCreate: settings.allowAutoTopicCreation,
      final: awaited !== undefined,
    });
    const waiting = new DeliveryGroup(awaitingMetadata, settle);
    const done = new DeliveryGroup(refused, settle);
    const groups = [...batches, waiting, done].filter((group) => group.deliveries.length > 0);
    if (awaited !== undefined) outstanding.replace(awaited, groups);
    else for (const group of groups) outstanding.add(group);
    if (awaitingMetadata.length > 0) this.awaitMetadata(waiting);
    if (refused.length > 0) env.clock.soon(() => outstanding.finish([done]));
    if (batches.length === 0) return;
    this.sequencer.submit(batches);
    this.advance([]);
  }

  /** The records fail when there is no broker to ask for their topics, or none answers in time. */
  private awaitMetadata(group: DeliveryGroup): void {
    const topics = [...new Set(group.deliveries.map(({ record }) => record.topic))];
    const wait = new MetadataWait(group, this.outstanding, this.env.clock);
    this.cluster.resolve(topics).then(
      () => {
        const left = wait.end();
        if (!left.ended) this.batch(left.deliveries, left.settle, left);
      },
      (thrown: unknown) => {
        const left = wait.end();
        if (left.ended) return;
        const outcome = failed(connectError(thrown, 'the cluster', true));
        for (const delivery of left.deliveries) delivery.outcome = outcome;
        this.outstanding.finish([left]);
      },
    );
  }

  private complete(results: readonly BatchResult[]): void {
    this.advance(this.sequencer.complete(results));
  }

  /** Settles what has ended, and sends what may go now. */
  private advance(ended: readonly RecordBatch[]): void {
    const { sequencer } = this;
    if (!this.isClosed) this.pauses.watch(sequencer.resumeAt);
    if (ended.length > 0) this.outstanding.finish(ended);
    const next = sequencer.take();
    if (next.length > 0) this.dispatch(next);
    if (sequencer.needsProducerId) this.requestProducerId();
  }

  private dispatch(batches: readonly RecordBatch[]): void {
    const leaderless = this.router.dispatch(batches);
    if (leaderless.length === 0) return;
    this.cluster.refreshSoon();
    const results = leaderless.map(withoutLeader);
    this.env.clock.soon(() => this.complete(results));
  }

  private requestProducerId(): void {
    if (this.isRequestingId) return;
    this.isRequestingId = true;
    this.cluster.producerId().then(
      (id) => {
        this.isRequestingId = false;
        this.sequencer.useProducerId(id);
        this.advance([]);
      },
      (thrown: unknown) => {
        this.isRequestingId = false;
        this.advance(this.sequencer.producerIdFailed(connectError(thrown, 'the cluster', true)));
      },
    );
  }

  private note(response: ProduceResponse): void {
    this.cluster.follow(response);
    const ms = response.throttleMs;
    if (ms <= 0) return;
    this.throttledMs += ms;
    this.env.events.emit('throttled', { adapter: stage, ms });
  }
}

function withoutLeader(batch: RecordBatch): BatchResult {
  const { topic, partition } = batch;
  return { batch, result: brokerOutcome(leaderNotAvailable, { topic, partition, stage }) };
}

function isFromStaleMetadata({ result }: BatchResult): boolean {
  if (!('error' in result)) return false;
  const { kafka } = result.error;
  return kafka === undefined || staleMetadataCodes.includes(kafka.code);
}
