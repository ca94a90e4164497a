import { ProducerError, type Outcome } from '@holdfast/core';
import { failed, type Delivery, type Stage } from '@holdfast/core/stage';
import {
  createDelivery,
  fakeClock,
  simulatedDisk,
  testEnv,
  type FakeClock,
  type SimulatedDisk,
  type TestEnv,
  statOf,
} from '@holdfast/testing';
import { journal } from '../src/journal.js';
import type { JournalOptions } from '../src/options.js';

export const directory = '/outbox';

/**
 * What Kafka does with the records it is given: writes and confirms them, or rejects them for now.
 */
export type Broker = 'up' | 'down';

/** What outlives every process: what Kafka has, and what callers were notified of. */
export class World {
  /** Ids in the order in which Kafka wrote them. */
  readonly topic: string[] = [];
  readonly sent = new Map<string, { readonly key: string; readonly value: string }>();
  /** Ids whose caller was notified that Kafka, or the journal, has the record. */
  readonly acknowledged = new Set<string>();
  broker: Broker = 'up';
  private count = 0;

  nextId(): string {
    return `r${this.count++}`;
  }

  /** Returns another future of the same past. */
  copy(): World {
    const other = new World();
    other.topic.push(...this.topic);
    for (const [id, record] of this.sent) other.sent.set(id, record);
    for (const id of this.acknowledged) other.acknowledged.add(id);
    other.count = this.count;
    return other;
  }

  /** Checks everything that must hold once a backlog has drained. Returns what does not. */
  problems(): string[] {
    const problems: string[] = [];
    const seen = new Set(this.topic);
    for (const id of this.acknowledged)
      if (!seen.has(id)) problems.push(`${id} was acknowledged and is lost`);
    const last = new Map<string, number>();
    const first = new Set<string>();
    for (const id of this.topic) {
      const record = this.sent.get(id);
      if (record === undefined) {
        problems.push(`${id} is in the topic and was never sent`);
        continue;
      }
      if (first.has(id)) continue;
      first.add(id);
      const order = Number(id.slice(1));
      const before = last.get(record.key) ?? -1;
      if (order < before) problems.push(`${id} came after r${before} of its key`);
      last.set(record.key, order);
    }
    return problems;
  }
}

export interface ProcessOptions {
  readonly disk: SimulatedDisk;
  readonly journal?: Partial<JournalOptions>;
  readonly clock?: FakeClock;
  readonly answerMs?: number;
}

/** One process with a journal over a Kafka of the test's, from its start to its death. */
export class Process {
  readonly env: TestEnv;
  readonly clock: FakeClock;
  readonly disk: SimulatedDisk;
  readonly stage: Stage;
  readonly outcomes = new Map<string, Outcome>();
  /** Ids in the order in which this process handed them down. */
  readonly handed: string[] = [];
  private readonly ids = new Map<Delivery, string>();
  private readonly answerMs: number;

  constructor(
    readonly world: World,
    { disk, journal: options, clock = fakeClock(), answerMs = 5 }: ProcessOptions,
  ) {
    this.disk = disk;
    this.clock = clock;
    this.answerMs = answerMs;
    this.env = testEnv({ clock, disk });
    const middleware = journal({ directory, segmentBytes: 16 * 1024, maxBytes: 1024 * 1024, ...options });
    this.stage = middleware.bind((batch, settle) => this.below(batch, settle), this.env);
  }

  async start(): Promise<void> {
    const starting = Promise.resolve(this.stage.start?.(new AbortController().signal));
    starting.catch(() => undefined);
    await this.clock.until(starting);
  }

  /** Sends records over `keys` keys, and returns their ids. */
  send(count: number, { keys = 4, valueBytes = 100 }: { keys?: number; valueBytes?: number } = {}): string[] {
    const batch: Delivery[] = [];
    const ids: string[] = [];
    for (let i = 0; i < count; i++) {
      const id = this.world.nextId();
      const key = `k${Number(id.slice(1)) % keys}`;
      const value = `${id} ${'x'.repeat(Math.max(0, valueBytes - id.length - 1))}`;
      this.world.sent.set(id, { key, value });
      const delivery = createDelivery(
        { topic: 'orders', key, value, timestamp: 1_700_000_000_000 + i, headers: { id } },
        { createdAt: Math.trunc(this.clock.now()), deadline: Infinity },
      );
      this.ids.set(delivery, id);
      batch.push(delivery);
      ids.push(id);
    }
    this.stage.send(batch, (settled) => this.hear(settled));
    return ids;
  }

  /** Runs until nothing is left in the journal, this disk is dead, or time is up. */
  async drain(limitMs = 600_000): Promise<void> {
    await this.clock.runWhile(() => !this.disk.dead && this.backlog > 0, limitMs);
  }

  get backlog(): number {
    return Number(statOf(this.stage, 'backlogRecords'));
  }

  async close(timeoutMs = 10_000): Promise<void> {
    await this.clock.until(Promise.resolve(this.stage.close?.(this.clock.now() + timeoutMs)));
  }

  private hear(settled: readonly Delivery[]): void {
    if (this.disk.dead) return; // the process is dead
    for (const delivery of settled) {
      const id = this.ids.get(delivery);
      const { outcome } = delivery;
      if (id === undefined || outcome === undefined)
        throw new Error('settled what was never sent, or without an outcome');
      if (this.outcomes.has(id)) throw new Error(`${id} was settled twice`);
      this.outcomes.set(id, outcome);
      if (outcome.status === 'delivered' || outcome.status === 'accepted') this.world.acknowledged.add(id);
    }
  }

  private below(batch: Delivery[], settle: (batch: Delivery[]) => void): void {
    if (this.disk.dead) return;
    for (const delivery of batch) this.handed.push(this.check(delivery));
    this.clock.after(this.answerMs, () => {
      if (this.disk.dead) return;
      for (const delivery of batch) {
        if (this.world.broker === 'up') {
          const offset = this.world.topic.push(this.check(delivery)) - 1;
          delivery.outcome = { status: 'delivered', topic: 'orders', partition: 0, offset, timestamp: 0 };
        } else
          delivery.outcome = failed(new ProducerError('BROKER_UNREACHABLE', 'down', { retriable: true }));
      }
      settle(batch);
    });
  }

  private check({ record }: Delivery): string {
    const value = Buffer.from(record.value ?? []).toString();
    const id = value.split(' ')[0] ?? '';
    const sent = this.world.sent.get(id);
    const same =
      sent?.value === value &&
      sent.key === Buffer.from(record.key ?? []).toString() &&
      record.topic === 'orders' &&
      record.headers['id'] === id;
    if (!same) throw new Error(`a wrong record came down: ${value.slice(0, 40)}`);
    return id;
  }
}

export const newDisk = (seed = 1): SimulatedDisk => simulatedDisk({ seed });
