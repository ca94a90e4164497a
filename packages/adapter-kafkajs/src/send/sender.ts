import type { Connections } from '../client/connections.js';
import { defaultPartitioner, ProducerError } from '@holdfast/core';
import { brokerOutcome } from '@holdfast/core/adapter';
import { failed, type BaseEnv, type Delivery, type Settle } from '@holdfast/core/stage';
import { Cluster } from '../cluster/cluster.js';
import { connectError, requestError, stage } from '../errors.js';
import { Expiring } from './metadata-wait.js';
import { HangUps } from './large-records.js';
import { pastDeadline, PlainFlow, type Flow } from './sequencer.js';
import { IdempotentFlow } from './idempotent-sequencer.js';
import type { Link } from '../cluster/broker.js';
import { Parcel, type Lot } from './record-batch.js';
import type { Settings } from '../options.js';
import { Outstanding } from './outstanding.js';
import { partition } from './batching.js';
import { Request, type Judged } from './produce-request.js';
import type { RequestQueue } from './request-queue.js';
import type { KafkajsStats } from '../stats.js';
import type { ProduceAnswer } from '../wire/decode-produce.js';

/** Answers that say that another broker should have been asked, or that a topic is not what it was. */
const staleCodes: readonly (number | undefined)[] = [3, 5, 6, 9, 13, 56, 72, 74, 75, 100, 103];

/** Why a request is not sent: it is too large, or a record in it cannot be encoded, or a batch compressed. */
const refusedUnsent: readonly string[] = ['RECORD_TOO_LARGE', 'INVALID_RECORD', 'SERIALIZER_FAILED'];

/** The adapter while it is connected: from a batch to its requests, and from their answers to outcomes. */
export class Sender {
  private readonly outstanding: Outstanding;
  private readonly cluster: Cluster;
  private readonly flow: Flow;
  private readonly byDefault: ReturnType<typeof defaultPartitioner>;
  private readonly hangUps = new HangUps();
  private batchNumber = 0;
  private throttledMs = 0;

  constructor(
    private readonly env: BaseEnv,
    private readonly settings: Settings,
    connections: Connections,
  ) {
    this.byDefault = defaultPartitioner(env.random);
    this.outstanding = new Outstanding(env.clock, (lot) => this.flow.expire(lot));
    this.cluster = new Cluster({
      env,
      settings,
      connections,
      send: (link, request) => this.request(link, request),
      refuse: (requests, error) => this.unreachable(requests, error),
      reroute: (requests) => this.dispatch(requests.flatMap((request) => request.lots())),
      forget: (topics) => this.flow.forget(topics),
    });
    const flow = {
      outstanding: this.outstanding,
      table: this.cluster.table,
      dispatch: (lots: readonly Lot[]) => this.dispatch(lots),
    };
    const plain = new PlainFlow(flow);
    const without = { plain, refused: (error: ProducerError) => this.warnOfNoId(error) };
    this.flow = settings.idempotent
      ? new IdempotentFlow({
          ...flow,
          clock: env.clock,
          maxInFlight: settings.maxInFlight,
          producerId: () => this.cluster.producerId(),
          without: settings.mayDoWithout ? without : undefined,
        })
      : plain;
  }

  get idempotent(): boolean {
    return this.flow.idempotent;
  }

  connect(): Promise<void> {
    return this.cluster.start();
  }

  send(batch: Delivery[], settle: Settle): void {
    this.route(batch, settle);
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
    this.flow.stop();
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
  private route(batch: Delivery[], settle: Settle, resolved?: Parcel): void {
    const { settings, env, outstanding } = this;
    const { lots, unresolved, refused } = partition(batch, settle, {
      table: this.cluster.table,
      partitioner: settings.partitioner,
      byDefault: this.byDefault,
      batchNumber: ++this.batchNumber,
      maxRecords: settings.maxRequestRecords,
      maxBytes: settings.maxRequestBytes,
      now: env.clock.now(),
      mayCreate: settings.allowAutoTopicCreation,
      final: resolved !== undefined,
    });
    const waiting = new Parcel(unresolved, settle);
    const done = new Parcel(refused, settle);
    const parcels = [...lots, waiting, done].filter(({ deliveries }) => deliveries.length > 0);
    if (resolved !== undefined) outstanding.replace(resolved, parcels);
    else for (const parcel of parcels) outstanding.add(parcel);
    if (unresolved.length > 0) this.resolve(waiting);
    if (refused.length > 0) env.clock.soon(() => outstanding.finish([done]));
    if (lots.length > 0) this.flow.submit(lots);
  }

  /** Asks for the topics of records first. They fail for it when there is no broker to ask, or none answers in time. */
  private resolve(unresolved: Parcel): void {
    const topics = [...new Set(unresolved.deliveries.map(({ record }) => record.topic))];
    const waiting = new Expiring(unresolved, this.outstanding, this.env.clock);
    this.cluster.resolve(topics).then(
      () => {
        const parcel = waiting.end();
        if (!parcel.settled) this.route(parcel.deliveries, parcel.settle, parcel);
      },
      (thrown: unknown) => {
        const parcel = waiting.end();
        if (parcel.settled) return;
        const outcome = failed(connectError(thrown, 'the cluster', true));
        for (const delivery of parcel.deliveries) delivery.outcome = outcome;
        this.outstanding.finish([parcel]);
      },
    );
  }

  /** Puts lots for the partitions of one leader together, in their order. */
  private dispatch(lots: readonly Lot[]): void {
    const open = new Map<RequestQueue, Request>();
    const leaderless: Judged[] = [];
    for (const lot of lots) {
      const { topic, partition } = lot;
      this.cluster.table.use(topic, this.env.clock.now()); // one that is sent again and again is in use
      const queue = this.cluster.leader(topic, partition);
      if (queue === undefined) {
        leaderless.push({ lot, verdict: brokerOutcome(5, { topic, partition, stage }) });
        continue;
      }
      let request = open.get(queue);
      if (request?.add(lot)) continue;
      if (request !== undefined) queue.push(request);
      request = new Request(this.settings);
      request.add(lot);
      open.set(queue, request);
    }
    for (const [queue, request] of open) {
      queue.push(request);
      this.cluster.refreshIfDoubtful(queue);
    }
    if (leaderless.length === 0) return;
    this.cluster.refreshSoon();
    this.env.clock.soon(() => this.flow.judged(leaderless));
  }

  private async request(link: Link, request: Request): Promise<void> {
    const timeoutMs = this.settings.requestTimeoutMs;
    // What certainly was not sent must not be sent later.
    const expired = request.without((lot) => lot.settled);
    if (expired.length > 0) {
      this.flow.judged(expired.map((lot) => ({ lot, verdict: pastDeadline(lot) })));
    }
    const session = link.session ?? link;
    const takenBack = request.without((lot) => !this.flow.mayGo(lot, session));
    if (takenBack.length > 0) this.flow.takenBack(takenBack);
    const lots = request.lots();
    if (lots.length === 0) return;
    for (const lot of lots) lot.handedOver = true;
    let judged: Judged[];
    try {
      const answer = await link.call(
        (connection) =>
          connection.produce({ request: () => request.toProtocol(), onEncoded: request.onEncoded }),
        timeoutMs,
      );
      if (answer !== undefined) this.note(answer);
      judged = request.judge(answer, () => this.notAnswered(link));
      this.hangUps.refusal(lots, undefined);
    } catch (thrown) {
      const error = requestError(thrown, link.address);
      if (refusedUnsent.includes(error.code) && lots.length > 1) return this.sendApart(lots);
      judged = this.judgeWithout(request, error);
    }
    for (const lot of lots) lot.handedOver = false;
    if (judged.some(({ verdict }) => 'error' in verdict && isStale(verdict.error)))
      this.cluster.refreshSoon();
    this.flow.judged(judged);
  }

  private note(answer: ProduceAnswer): void {
    this.cluster.follow(answer);
    const ms = answer.throttleMs;
    if (ms <= 0) return;
    this.throttledMs += ms;
    this.env.events.emit('throttled', { adapter: stage, ms });
  }

  private judgeWithout(request: Request, error: ProducerError): Judged[] {
    const refusal = this.hangUps.refusal(request.lots(), error);
    if (refusal === undefined) return request.judgeWithout(error);
    for (const lot of request.lots()) lot.hungUp = true;
    return request.lots().map((lot) => ({ lot, verdict: failed(refusal) }));
  }

  /** Refused together, unsent: each goes in a request of its own. */
  private sendApart(lots: readonly Lot[]): void {
    for (const lot of lots) {
      lot.handedOver = false;
      this.dispatch([lot]);
    }
  }

  private unreachable(requests: readonly Request[], error: ProducerError): void {
    this.cluster.refreshSoon();
    const verdict = failed(error);
    this.flow.judged(requests.flatMap((request) => request.lots().map((lot) => ({ lot, verdict }))));
  }

  private notAnswered(link: Link): ProducerError {
    return new ProducerError(
      'UNCLASSIFIED',
      `the answer of ${link.address} leaves this partition out: whether the record was written is not known`,
      { stage, retriable: true },
    );
  }
}

const isStale = ({ kafka }: ProducerError): boolean => kafka === undefined || staleCodes.includes(kafka.code);
