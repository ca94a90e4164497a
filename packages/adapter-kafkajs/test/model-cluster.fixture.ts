/**
 * Two brokers, two partitions and a client's two connections, for the sequencer alone: everything
 * that an idempotent producer has to get right.
 */
import { ProducerError } from '@holdfast/core';
import { brokerOutcome } from '@holdfast/core/adapter';
import { DeadlineSweep } from '@holdfast/core/internal';
import { unknown, type Delivery } from '@holdfast/core/stage';
import { createDelivery, fakeClock } from '@holdfast/testing';
import type { Sequencer } from '../src/send/sequencer.js';
import type { SplitContext } from '../src/send/split-batch.js';
import { RecordBatch } from '../src/send/record-batch.js';
import { Outstanding, type OverdueListener } from '../src/send/outstanding.js';
import { pastDeadline, type BatchResult, type ProduceResult } from '../src/send/produce-result.js';
import { MetadataCache } from '../src/cluster/metadata-cache.js';

export const topic = 'orders';
export const partitions = [0, 1] as const;
export const nodes = [0, 1] as const;
export type Index = 0 | 1;

/** What a broker does with a request: `code` is its response, and is 0 only when it wrote. */
export interface Reaction {
  readonly code: number;
  readonly writes: boolean;
}

interface Sent {
  readonly batch: RecordBatch;
  readonly deliveries: readonly Delivery[];
  readonly producerId: string;
  readonly first: number;
}

interface Connection {
  /** Not read by the broker yet. */
  readonly wire: Sent[];
  /** Not read by the client yet. */
  readonly answers: { readonly batch: RecordBatch; readonly code: number }[];
  /** Sent, and without a response as far as the client knows. */
  readonly due: Set<RecordBatch>;
}

interface Batch extends Omit<Sent, 'batch'> {
  /** A response without an error was sent for it, so that every replica has it. */
  isCommitted: boolean;
}

const newConnection = (): Connection => ({ wire: [], answers: [], due: new Set() });

/** One partition's log, and what its leader remembers of producers. */
class Log {
  batches: Batch[] = [];
  /** Batches written under an unknown id, though others were to be written before. */
  outOfTurn = 0;
  private known = new Map<string, Batch[]>();

  /** Returns 0 when the batch is in the log now, else the broker's error code. */
  append({ deliveries, producerId, first }: Sent): number {
    const known = this.known.get(producerId) ?? [];
    const end = (batch: Pick<Batch, 'first' | 'deliveries'>): number => batch.first + batch.deliveries.length;
    const last = known.at(-1);
    const isKnown = known.some((one) => one.first === first && end(one) === first + deliveries.length);
    if (isKnown) return 0;
    if (last !== undefined && end(last) !== first) return 45;
    if (last === undefined && first > 0) this.outOfTurn++;
    const batch = { deliveries, producerId, first, isCommitted: false };
    this.batches.push(batch);
    this.remember(batch);
    return 0;
  }

  commit(): void {
    for (const batch of this.batches) batch.isCommitted = true;
  }

  /** Another broker leads, and may lack what was not committed. */
  truncate(most: number): void {
    let { length } = this.batches;
    for (let left = most; left > 0 && this.batches[length - 1]?.isCommitted === false; left--) length--;
    this.batches = this.batches.slice(0, length);
    this.known = new Map();
    for (const batch of this.batches) this.remember(batch);
  }

  forgetProducers(): void {
    this.known = new Map();
  }

  get deliveries(): Delivery[] {
    return this.batches.flatMap((batch) => batch.deliveries);
  }

  private remember(batch: Batch): void {
    this.known.set(batch.producerId, [...(this.known.get(batch.producerId) ?? []), batch].slice(-5));
  }
}

/**
 * The brokers, and what stands between them and the sequencer: it settles, sends, and requests ids,
 * as the adapter does.
 */
export class ModelCluster implements OverdueListener {
  readonly clock = fakeClock();
  readonly logs = [new Log(), new Log()] as const;
  readonly submitted: [Delivery[], Delivery[]] = [[], []];
  readonly outstanding = new Outstanding(this.clock, this);
  private readonly leaders: [Index | undefined, Index | undefined] = [0, 1];
  private readonly queues: [RecordBatch[], RecordBatch[]] = [[], []];
  private readonly connections: [Connection, Connection] = [newConnection(), newConnection()];
  /** Connections that the client has given up, and a broker may still read. */
  private late: { readonly node: Index; readonly connection: Connection }[] = [];
  private lastId = 0;
  private readonly sequencer: Sequencer;
  private readonly pauses: DeadlineSweep;
  private isRequestingId = false;
  /** The next request for a producer id fails. */
  withoutId = false;
  /** The most batches of one partition that were in flight at once. */
  mostAtOnce = 0;

  constructor(
    makeSequencer: (context: SplitContext, cluster: ModelCluster) => Sequencer,
    private readonly maxInFlight: number,
  ) {
    const { clock, outstanding } = this;
    this.sequencer = makeSequencer({ outstanding, metadata: new MetadataCache() }, this);
    const resume = (now: number): void => this.advance(this.sequencer.resume(now));
    this.pauses = new DeadlineSweep({ clock, intervalMs: 0, sweep: resume });
  }

  overdue(batch: RecordBatch): void {
    this.advance(this.sequencer.expire(batch));
  }

  private advance(ended: readonly RecordBatch[]): void {
    const { sequencer } = this;
    this.pauses.watch(sequencer.resumeAt);
    this.outstanding.finish(ended);
    this.dispatch(sequencer.take());
    if (sequencer.needsProducerId) this.requestProducerId();
  }

  private complete(results: readonly BatchResult[]): void {
    this.advance(this.sequencer.complete(results));
  }

  private requestProducerId(): void {
    if (this.isRequestingId) return;
    this.isRequestingId = true;
    const fails = this.withoutId;
    this.withoutId = false;
    void Promise.resolve().then(() => {
      this.isRequestingId = false;
      if (fails) {
        const error = new ProducerError('BROKER_UNREACHABLE', 'away', { retriable: true });
        return this.advance(this.sequencer.producerIdFailed(error));
      }
      this.sequencer.useProducerId({ producerId: String(++this.lastId), producerEpoch: 0 });
      this.advance([]);
    });
  }

  /** Submits linked batches of so many records each. */
  submit(partition: Index, sizes: readonly number[], timeoutMs: number): void {
    const deadline = this.clock.now() + timeoutMs;
    let last: RecordBatch | undefined;
    const batches = sizes.map((size) => {
      const made = Array.from({ length: size }, () => createDelivery({ topic, value: 'v' }, { deadline }));
      const batch = new RecordBatch(topic, partition, () => undefined, made);
      this.submitted[partition].push(...made);
      last?.linkTo(batch);
      return (last = batch);
    });
    for (const batch of batches) this.outstanding.add(batch);
    this.sequencer.submit(batches);
    this.advance([]);
  }

  /** The client writes the first request that waits for `node`. */
  write(node: Index): void {
    const connection = this.connections[node];
    const [batch] = this.queues[node];
    if (batch === undefined || connection.due.size >= this.maxInFlight) return;
    this.queues[node].shift();
    if (batch.ended) return this.complete([{ batch, result: pastDeadline(batch) }]);
    if (!this.sequencer.mayGo(batch, connection)) return this.advance(this.sequencer.takeBack([batch]));
    batch.handedOver = batch.encoded = true;
    connection.due.add(batch);
    const { deliveries, producer, firstSequence: first } = batch;
    if (producer === undefined) throw new Error('sent without an id');
    connection.wire.push({ batch, deliveries, producerId: producer.producerId, first });
    const beside = [...connection.due].filter(({ partition }) => partition === batch.partition);
    this.mostAtOnce = Math.max(this.mostAtOnce, beside.length);
  }

  /** The broker reads a request; of a connection that is lost, if `late`. */
  read(node: Index, reaction: Reaction, late = false): void {
    const connection = late
      ? this.late.find((one) => one.node === node && one.connection.wire.length > 0)?.connection
      : this.connections[node];
    const sent = connection?.wire.shift();
    if (connection === undefined || sent === undefined) return;
    connection.answers.push({ batch: sent.batch, code: this.react(node, sent, reaction) });
  }

  /** The client reads an answer. */
  answer(node: Index): void {
    const connection = this.connections[node];
    const answer = connection.answers.shift();
    if (answer === undefined) return;
    connection.due.delete(answer.batch);
    this.resultsFrom(answer.batch, resultOf(answer.batch, answer.code));
  }

  /** Loses the connection. The broker may read the rest of it late. */
  lose(node: Index): void {
    const connection = this.connections[node];
    this.connections[node] = newConnection();
    this.late.push({ node, connection });
    const error = new ProducerError('CONNECTION_LOST', 'lost', { retriable: true });
    for (const batch of connection.due) this.resultsFrom(batch, unknown(error));
  }

  /** Moves a partition to another broker, or to none, with the batches that wait. */
  move(partition: Index, to: Index | undefined, truncated: number): void {
    if (to !== this.leaders[partition]) this.logs[partition].truncate(truncated);
    this.leaders[partition] = to;
    const waiting = nodes.flatMap((node) => this.queues[node].splice(0));
    this.dispatch(waiting);
  }

  /** Nothing fails any more: everything is settled in the end. */
  async heal(): Promise<void> {
    const fine = { code: 0, writes: true };
    this.withoutId = false;
    for (const partition of partitions) this.move(partition, partition, 0);
    for (let turn = 0; this.outstanding.records > 0; turn++) {
      if (turn > 2_000) throw new Error(`${this.outstanding.records} records are never settled`);
      for (const node of nodes) {
        this.write(node);
        this.read(node, fine);
        this.answer(node);
      }
      await this.clock.advance(20);
    }
  }

  readLate(): void {
    for (const { node, connection } of this.late) {
      while (connection.wire.length > 0) this.read(node, { code: 0, writes: true }, true);
    }
  }

  private react(node: Index, sent: Sent, { code, writes }: Reaction): number {
    const partition = sent.batch.partition === 0 ? 0 : 1;
    if (this.leaders[partition] !== node) return 6;
    const log = this.logs[partition];
    const appended = writes ? log.append(sent) : 0;
    if (appended === 0 && code === 0) log.commit();
    return appended === 0 ? code : appended;
  }

  private resultsFrom(batch: RecordBatch, result: ProduceResult): void {
    batch.handedOver = false;
    this.complete([{ batch, result }]);
  }

  private dispatch(batches: readonly RecordBatch[]): void {
    for (const batch of batches) {
      const leader = this.leaders[batch.partition === 0 ? 0 : 1];
      if (leader !== undefined) this.queues[leader].push(batch);
      else this.clock.soon(() => this.resultsFrom(batch, resultOf(batch, 5)));
    }
  }
}

function resultOf({ partition }: RecordBatch, code: number): ProduceResult {
  if (code !== 0) return brokerOutcome(code, { topic, partition, stage: 'kafkajs' });
  return { status: 'delivered', response: undefined };
}
