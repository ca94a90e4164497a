import type { Connections } from '../client/connections.js';
import { defaultPartitioner, ProducerError } from '@holdfast/core';
import { brokerOutcome } from '@holdfast/core/adapter';
import { failed, type BaseEnv, type Delivery, type Settle } from '@holdfast/core/stage';
import { Cluster } from '../cluster/cluster.js';
import { connectError, requestError, stage } from '../errors.js';
import { MetadataWait } from './metadata-wait.js';
import { LargeRecordDisconnects } from './large-record-disconnects.js';
import { pastDeadline, PlainSequencer, type Sequencer } from './sequencer.js';
import { IdempotentSequencer } from './idempotent-sequencer.js';
import type { Broker } from '../cluster/broker.js';
import { DeliveryGroup, type RecordBatch } from './record-batch.js';
import type { Settings } from '../options.js';
import { Outstanding } from './outstanding.js';
import { batchByPartition } from './batching.js';
import { ProduceRequest, type BatchResult } from './produce-request.js';
import type { RequestQueue } from './request-queue.js';
import type { KafkajsStats } from '../stats.js';
import type { ProduceResponse } from '../wire/decode-produce.js';

/** Answers that say that another broker should have been asked, or that a topic is not what it was. */
const staleCodes: readonly (number | undefined)[] = [3, 5, 6, 9, 13, 56, 72, 74, 75, 100, 103];

/** Why a request is not sent: it is too large, or a record in it cannot be encoded, or a batch compressed. */
const refusedUnsent: readonly string[] = ['RECORD_TOO_LARGE', 'INVALID_RECORD', 'SERIALIZER_FAILED'];

/** The adapter while it is connected: from a batch to its requests, and from their answers to outcomes. */
export class Sender {
  private readonly outstanding: Outstanding;
  private readonly cluster: Cluster;
  private readonly sequencer: Sequencer;
  private readonly byDefault: ReturnType<typeof defaultPartitioner>;
  private readonly largeRecords = new LargeRecordDisconnects();
  private batchNumber = 0;
  private throttledMs = 0;

  constructor(
    private readonly env: BaseEnv,
    private readonly settings: Settings,
    connections: Connections,
  ) {
    this.byDefault = defaultPartitioner(env.random);
    this.outstanding = new Outstanding(env.clock, (batch) => this.sequencer.expire(batch));
    this.cluster = new Cluster({
      env,
      settings,
      connections,
      send: (broker, request) => this.request(broker, request),
      refuse: (requests, error) => this.unreachable(requests, error),
      reroute: (requests) => this.dispatch(requests.flatMap((request) => request.batches())),
      forget: (topics) => this.sequencer.forget(topics),
    });
    const sequencer = {
      outstanding: this.outstanding,
      metadata: this.cluster.metadata,
      dispatch: (batches: readonly RecordBatch[]) => this.dispatch(batches),
    };
    const plain = new PlainSequencer(sequencer);
    const without = { plain, refused: (error: ProducerError) => this.warnOfNoId(error) };
    this.sequencer = settings.idempotent
      ? new IdempotentSequencer({
          ...sequencer,
          clock: env.clock,
          maxInFlight: settings.maxInFlight,
          producerId: () => this.cluster.producerId(),
          without: settings.mayDoWithout ? without : undefined,
        })
      : plain;
  }

  get idempotent(): boolean {
    return this.sequencer.idempotent;
  }

  connect(): Promise<void> {
    return this.cluster.start();
  }

  send(deliveries: Delivery[], settle: Settle): void {
    this.route(deliveries, settle);
  }

  flush(deadline: number): Promise<void> {
    return this.outstanding.drained(deadline);
  }

  async close(deadline: number): Promise<void> {
    await this.outstanding.drained(deadline);
    const message = 'the adapter was disconnected before the broker answered';
    const error = new ProducerError('CLOSE_TIMEOUT', message, { stage });
    if (this.outstanding.records === 0) return this.cluster.close(error);
    this.outstanding.abandon(error);
    this.sequencer.stop();
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

  private warnOfNoId({ message }: ProducerError): void {
    this.env.logger.warn(
      `${stage}: the cluster gives no producer id (${message}), so records go on without idempotence: one whose answer is lost is sent again, and may be in its topic twice; grant IdempotentWrite on the cluster (from Kafka 2.8 on, Write on a topic is enough), or set idempotent: false`,
    );
  }

  /** `resolved` held the same deliveries while their topics were asked for; now these are known, or are not there. */
  private route(deliveries: Delivery[], settle: Settle, resolved?: DeliveryGroup): void {
    const { settings, env, outstanding } = this;
    const { batches, unresolved, refused } = batchByPartition(deliveries, settle, {
      metadata: this.cluster.metadata,
      partitioner: settings.partitioner,
      byDefault: this.byDefault,
      batchNumber: ++this.batchNumber,
      maxRecords: settings.maxRequestRecords,
      maxBytes: settings.maxRequestBytes,
      now: env.clock.now(),
      mayCreate: settings.allowAutoTopicCreation,
      final: resolved !== undefined,
    });
    const waiting = new DeliveryGroup(unresolved, settle);
    const done = new DeliveryGroup(refused, settle);
    const groups = [...batches, waiting, done].filter(({ deliveries }) => deliveries.length > 0);
    if (resolved !== undefined) outstanding.replace(resolved, groups);
    else for (const group of groups) outstanding.add(group);
    if (unresolved.length > 0) this.resolve(waiting);
    if (refused.length > 0) env.clock.soon(() => outstanding.finish([done]));
    if (batches.length > 0) this.sequencer.submit(batches);
  }

  /** Asks for the topics of records first. They fail for it when there is no broker to ask, or none answers in time. */
  private resolve(unresolved: DeliveryGroup): void {
    const topics = [...new Set(unresolved.deliveries.map(({ record }) => record.topic))];
    const waiting = new MetadataWait(unresolved, this.outstanding, this.env.clock);
    this.cluster.resolve(topics).then(
      () => {
        const group = waiting.end();
        if (!group.settled) this.route(group.deliveries, group.settle, group);
      },
      (thrown: unknown) => {
        const group = waiting.end();
        if (group.settled) return;
        const outcome = failed(connectError(thrown, 'the cluster', true));
        for (const delivery of group.deliveries) delivery.outcome = outcome;
        this.outstanding.finish([group]);
      },
    );
  }

  /** Puts batches for the partitions of one leader together, in their order. */
  private dispatch(batches: readonly RecordBatch[]): void {
    const open = new Map<RequestQueue, ProduceRequest>();
    const leaderless: BatchResult[] = [];
    for (const batch of batches) {
      const { topic, partition } = batch;
      this.cluster.metadata.use(topic, this.env.clock.now()); // one that is sent again and again is in use
      const queue = this.cluster.leader(topic, partition);
      if (queue === undefined) {
        leaderless.push({ batch, result: brokerOutcome(5, { topic, partition, stage }) });
        continue;
      }
      let request = open.get(queue);
      if (request?.add(batch)) continue;
      if (request !== undefined) queue.push(request);
      request = new ProduceRequest(this.settings);
      request.add(batch);
      open.set(queue, request);
    }
    for (const [queue, request] of open) {
      queue.push(request);
      this.cluster.refreshIfDoubtful(queue);
    }
    if (leaderless.length === 0) return;
    this.cluster.refreshSoon();
    this.env.clock.soon(() => this.sequencer.complete(leaderless));
  }

  private async request(broker: Broker, request: ProduceRequest): Promise<void> {
    const timeoutMs = this.settings.requestTimeoutMs;
    // What certainly was not sent must not be sent later.
    const expired = request.without((batch) => batch.settled);
    if (expired.length > 0) {
      this.sequencer.complete(expired.map((batch) => ({ batch, result: pastDeadline(batch) })));
    }
    const session = broker.session ?? broker;
    const takenBack = request.without((batch) => !this.sequencer.mayGo(batch, session));
    if (takenBack.length > 0) this.sequencer.takenBack(takenBack);
    const batches = request.batches();
    if (batches.length === 0) return;
    for (const batch of batches) batch.handedOver = true;
    let results: BatchResult[];
    try {
      const answer = await broker.call(
        (connection) =>
          connection.produce({ request: () => request.toProtocol(), onEncoded: request.onEncoded }),
        timeoutMs,
      );
      if (answer !== undefined) this.note(answer);
      results = request.resultsFrom(answer, () => this.notAnswered(broker));
      this.largeRecords.refusal(batches, undefined);
    } catch (thrown) {
      const error = requestError(thrown, broker.address);
      if (refusedUnsent.includes(error.code) && batches.length > 1) return this.sendApart(batches);
      results = this.resultsWithout(request, error);
    }
    for (const batch of batches) batch.handedOver = false;
    if (results.some(({ result }) => 'error' in result && isStale(result.error))) this.cluster.refreshSoon();
    this.sequencer.complete(results);
  }

  private note(answer: ProduceResponse): void {
    this.cluster.follow(answer);
    const ms = answer.throttleMs;
    if (ms <= 0) return;
    this.throttledMs += ms;
    this.env.events.emit('throttled', { adapter: stage, ms });
  }

  private resultsWithout(request: ProduceRequest, error: ProducerError): BatchResult[] {
    const refusal = this.largeRecords.refusal(request.batches(), error);
    if (refusal === undefined) return request.resultsWithout(error);
    for (const batch of request.batches()) batch.presumedTooLarge = true;
    return request.batches().map((batch) => ({ batch, result: failed(refusal) }));
  }

  /** Refused together, unsent: each goes in a request of its own. */
  private sendApart(batches: readonly RecordBatch[]): void {
    for (const batch of batches) {
      batch.handedOver = false;
      this.dispatch([batch]);
    }
  }

  private unreachable(requests: readonly ProduceRequest[], error: ProducerError): void {
    this.cluster.refreshSoon();
    const result = failed(error);
    this.sequencer.complete(
      requests.flatMap((request) => request.batches().map((batch) => ({ batch, result }))),
    );
  }

  private notAnswered(broker: Broker): ProducerError {
    return new ProducerError(
      'UNCLASSIFIED',
      `the answer of ${broker.address} leaves this partition out: whether the record was written is not known`,
      { stage, retriable: true },
    );
  }
}

const isStale = ({ kafka }: ProducerError): boolean => kafka === undefined || staleCodes.includes(kafka.code);
