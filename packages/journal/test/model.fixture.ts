import {
  createDelivery,
  fakeClock,
  testEnv,
  type FakeClock,
  type SimulatedDisk,
  statOf,
} from '@holdfast/testing';
import { ProducerError, type Outcome } from '@holdfast/core';
import { failed, unknown, type Delivery, type Stage } from '@holdfast/core/stage';
import { journal } from '../src/journal.js';
import type { JournalKey, JournalOptions } from '../src/options.js';
import { directory } from './world.fixture.js';

/**
 * What Kafka does with the records that it was given: the first `most` of each of `lanes` (one bit
 * each).
 */
export type Answer = 'delivered' | 'failed' | 'rejected' | 'lost' | 'written';
export type Kafka = 'up' | 'down' | 'silent';

export const lanes = 4;
const keys: readonly JournalKey[] = [1, 2, 3].map((n) => ({ id: `k${n}`, key: new Uint8Array(32).fill(n) }));

/** Returns the encryption of a start with one of three keys; the others are still known. */
export const encryptionWith = (index: number): NonNullable<JournalOptions['encryption']> => {
  const [current, ...previousKeys] = [...keys.slice(index), ...keys.slice(0, index)];
  if (current === undefined) throw new Error(`there is no key ${index}`);
  return { ...current, previousKeys };
};

/** All that outlives a process, in sets and queues. Throws when something happens that must not. */
export class Model {
  readonly sent = new Map<string, { readonly key: string; readonly value: string }>();
  readonly topic: string[] = [];
  /** The sender was notified that the record is safe. */
  readonly promised = new Set<string>();
  /**
   * The sender was notified that it is not, or that this is unknown: nothing is promised, not even
   * its order.
   */
  readonly givenUp = new Set<string>();
  /** Rejected before it was ever in the journal. */
  readonly refused = new Set<string>();
  /**
   * May be handed down although Kafka has it: it was unknown once, or its acknowledgement may be
   * lost.
   */
  readonly mayRepeat = new Set<string>();
  /** What went wrong where no error could be reported. */
  readonly violations: unknown[] = [];
  private readonly written = new Set<string>();
  private readonly lastOfKey = new Map<string, number>();

  send(lane: number, bytes: number): { readonly id: string; readonly key: string; readonly value: string } {
    const id = `r${this.sent.size}`;
    const record = { key: `k${lane}`, value: `${id} ${'x'.repeat(bytes)}` };
    this.sent.set(id, record);
    return { id, ...record };
  }

  /** Kafka has written it. */
  write(id: string): void {
    if (this.written.has(id) && !this.mayRepeat.has(id)) throw new Error(`${id} was written twice`);
    if (this.refused.has(id)) throw new Error(`${id} was refused, and written`);
    this.topic.push(id);
    if (this.written.has(id)) return;
    this.written.add(id);
    if (this.givenUp.has(id)) return;
    const key = this.sent.get(id)?.key ?? '';
    const order = Number(id.slice(1));
    const before = this.lastOfKey.get(key) ?? -1;
    if (order < before) throw new Error(`${id} came after r${before} of its key`);
    this.lastOfKey.set(key, order);
  }

  isWritten(id: string): boolean {
    return this.written.has(id);
  }

  /** What must be in the journal of a process that has ended. */
  owed(): string[] {
    return [...this.promised].filter((id) => !this.written.has(id) && !this.givenUp.has(id));
  }
}

interface Flight {
  readonly id: string;
  readonly delivery: Delivery;
  readonly settle: (batch: Delivery[]) => void;
}

const retriable = (): ProducerError => new ProducerError('BROKER_UNREACHABLE', 'down', { retriable: true });
const final = (): ProducerError => new ProducerError('MESSAGE_TOO_LARGE', 'never');

/** One process with a journal, over a Kafka that answers on command; each lane in order. */
export class ModelProcess {
  kafka: Kafka = 'silent';
  readonly clock: FakeClock;
  readonly stage: Stage;
  readonly outcomes = new Map<string, Outcome>();
  /** When a record was last settled. */
  finishedAt = 0;
  bypassed = false;
  /** Records that were answered while the journal was alive. */
  readonly finished = new Set<string>();
  private readonly ids = new Map<Delivery, string>();
  private readonly flights = new Map<string, Flight[]>();
  /** Records that were handed down, by outcome. */
  private readonly handed = new Map<string, Answer | 'below'>();

  constructor(
    readonly model: Model,
    readonly disk: SimulatedDisk,
    options: Partial<JournalOptions>,
    readonly deadlineMs: number,
    private readonly topics = 1,
  ) {
    this.clock = fakeClock();
    const env = testEnv({ clock: this.clock, disk });
    env.events.on('journal.bypassed', () => (this.bypassed = true));
    this.stage = journal({ directory, ...options }).bind(
      (batch, settle) => this.noting(() => this.below(batch, settle)),
      {
        ...env,
        undelivered: (delivery) => {
          const id = this.check(delivery);
          this.model.givenUp.add(id);
        },
      },
    );
  }

  async start(): Promise<void> {
    const starting = Promise.resolve(this.stage.start?.(new AbortController().signal));
    starting.catch(() => undefined);
    await this.clock.until(starting);
  }

  stat(name: string): unknown {
    return statOf(this.stage, name);
  }

  /** Sends as a caller that respects back-pressure: nothing while there is no room. */
  append(records: number, bytes: number): string[] {
    if (this.stage.ready?.() !== undefined) return [];
    const batch: Delivery[] = [];
    const ids: string[] = [];
    for (let i = 0; i < records; i++) {
      const { id, key, value } = this.model.send((records + i) % lanes, bytes);
      const createdAt = Math.trunc(this.clock.now());
      const delivery = createDelivery(
        { topic: this.topicOf(key), key, value, timestamp: 1_700_000_000_000 },
        { createdAt, deadline: createdAt + this.deadlineMs },
      );
      this.ids.set(delivery, id);
      batch.push(delivery);
      ids.push(id);
    }
    this.stage.send(batch, (settled) => this.noting(() => this.hear(settled)));
    return ids;
  }

  answer(answer: Answer, lanesAs: number, most: number): void {
    for (let lane = 0; lane < lanes; lane++) {
      if ((lanesAs & (1 << lane)) > 0) this.answerLane(`k${lane}`, answer, most);
    }
  }

  private answerLane(key: string, answer: Answer, most: number): void {
    const waiting = this.flights.get(key) ?? [];
    const answered = waiting.splice(0, answer === 'delivered' ? most : 1);
    // A temporary failure includes the records after it: the stage below keeps the order.
    const behind = answer === 'delivered' || answer === 'rejected' ? [] : waiting.splice(0);
    for (const flight of answered) this.settle(flight, answer);
    for (const flight of behind) this.settle(flight, 'failed');
    if (answered.length > 0) this.finishedAt = this.clock.now();
    for (const { settle, delivery } of [...answered, ...behind]) settle([delivery]);
    if (answer === 'delivered' || answer === 'rejected') return;
    // So do those that the journal handed down when the first of them was settled.
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      this.settle(next, 'failed');
      next.settle([next.delivery]);
    }
  }

  private settle({ id, delivery }: Flight, answer: Answer): void {
    if (answer === 'delivered' || answer === 'written') this.model.write(id);
    if (answer === 'lost' || answer === 'written') this.model.mayRepeat.add(id);
    this.handed.set(id, answer);
    if (answer === 'delivered' || answer === 'rejected') this.finished.add(id);
    delivery.outcome = outcomeOf(answer);
  }

  private hear(settled: readonly Delivery[]): void {
    if (this.disk.dead) return; // the process is dead
    for (const delivery of settled) {
      const id = this.ids.get(delivery);
      const { outcome } = delivery;
      if (id === undefined || outcome === undefined)
        throw new Error('settled without being sent, or an outcome');
      if (this.outcomes.has(id)) throw new Error(`${id} was settled twice`);
      this.outcomes.set(id, outcome);
      this.finishedAt = this.clock.now();
      this.note(id, outcome);
    }
  }

  /** Keeps the model's own errors away from the journal. */
  private noting(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.model.violations.push(error);
    }
  }

  private note(id: string, outcome: Outcome): void {
    const { model } = this;
    if (outcome.status === 'accepted') model.promised.add(id);
    else if (outcome.status === 'delivered') {
      model.promised.add(id);
      this.finished.add(id);
    } else if (outcome.status !== 'dead-lettered') {
      const { code } = outcome.error;
      if (code === 'LEFT_IN_JOURNAL') return void model.promised.add(id);
      model.givenUp.add(id);
      // The next start may find what a failed write left.
      const isKnown = outcome.status === 'failed' || code === 'DELIVERY_TIMEOUT';
      // Unknown at close means that it bypassed the journal: an earlier attempt to write it may
      // have left it there.
      if (isKnown || (this.handed.has(id) && code !== 'CLOSED')) this.finished.add(id);
      // The next start may find one that waited in the journal.
      if (outcome.status === 'failed' && !this.handed.has(id) && code !== 'DELIVERY_TIMEOUT')
        model.refused.add(id);
    }
  }

  unsettled(): string[] {
    return [...this.ids.values()].filter((id) => !this.outcomes.has(id));
  }

  private below(batch: Delivery[], settle: (batch: Delivery[]) => void): void {
    if (this.disk.dead) return;
    const touched = new Set<string>();
    for (const delivery of batch) {
      const id = this.check(delivery);
      this.noteHanded(id);
      const key = this.model.sent.get(id)?.key ?? '';
      touched.add(key);
      const lane = this.flights.get(key);
      if (lane === undefined) this.flights.set(key, [{ id, delivery, settle }]);
      else lane.push({ id, delivery, settle });
    }
    if (this.kafka === 'silent') return;
    this.clock.after(5, () => this.noting(() => this.answerBatch(touched)));
  }

  private noteHanded(id: string): void {
    const before = this.handed.get(id);
    if (before === 'below' || before === 'delivered' || before === 'rejected')
      throw new Error(`${id} was handed down again, and was ${before}`);
    if (this.finished.has(id)) throw new Error(`${id} was handed down after its caller heard that it failed`);
    this.handed.set(id, 'below');
  }

  /** Returns all records of these lanes that are in flight. */
  answerBatch(touched: Iterable<string>): void {
    if (this.disk.dead) return;
    for (const key of touched) this.answerLane(key, this.kafka === 'down' ? 'failed' : 'delivered', Infinity);
  }

  /** Sets how Kafka behaves from now on, also for what is in flight already. */
  turn(kafka: Kafka): void {
    this.kafka = kafka;
    if (kafka !== 'silent') this.answerBatch([...this.flights.keys()]);
  }

  /** Returns what may be in flight, or was answered without the journal knowing for certain. */
  get touched(): Iterable<string> {
    return this.handed.keys();
  }

  private topicOf(key: string): string {
    return `orders${Number(key.slice(1)) % this.topics}`;
  }

  private check({ record }: Delivery): string {
    const value = Buffer.from(record.value ?? []).toString();
    const id = value.split(' ')[0] ?? '';
    const sent = this.model.sent.get(id);
    const key = Buffer.from(record.key ?? []).toString();
    if (sent?.value !== value || sent.key !== key || record.topic !== this.topicOf(key))
      throw new Error(`a wrong record: ${value.slice(0, 40)}`);
    return id;
  }
}

function outcomeOf(answer: Answer): Outcome {
  switch (answer) {
    case 'delivered':
      return { status: 'delivered', topic: 'orders', partition: 0, offset: 0, timestamp: 0 };
    case 'failed':
      return failed(retriable());
    case 'rejected':
      return failed(final());
    case 'lost':
    case 'written':
      return unknown(retriable());
  }
}
