/**
 * The case in which kafkajs's own idempotent producer acknowledged records that were not in the topic: many sends at once
 * while three brokers are killed and come back.
 */
import { startKafka, type KafkaCluster } from '@holdfast/kafka';
import { createProducer, silentLogger, type Delivered, type Producer } from '@holdfast/core';
import { readTopic } from '@holdfast/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeAdapter } from './make-adapter.js';

const senders = 60;
const minRecords = 3_000;

describe('three brokers are killed and restarted under concurrent sends', () => {
  let cluster: KafkaCluster;
  beforeAll(async () => {
    cluster = await startKafka({ brokers: 3, require: 'real' });
  });
  afterAll(() => cluster.down());

  it.each([true, false])('idempotent: %s', async (idempotent) => {
    const topic = `brokers-die-${idempotent}`;
    await cluster.createTopic(topic, { partitions: 6 });
    const producer = await createProducer({
      client: makeAdapter({ brokers: cluster.brokers, requestTimeoutMs: 5_000, idempotent }),
      env: { logger: silentLogger },
    });
    const stream = new Stream(producer, topic);
    await stream.sendWhile(async () => {
      for (const id of [1, 2, 3]) {
        await stream.more(300);
        await cluster.kill(id);
        await stream.more(300);
        await cluster.start(id);
      }
      await stream.more(300);
      await cluster.killAll();
      await cluster.startAll();
    });
    await producer.close();
    await cluster.ready();

    const stored = await readTopic(cluster.brokers, topic);
    const at = new Map(
      stored.map(({ partition, offset, value }) => [`${partition}/${offset}`, String(value)]),
    );
    const misplaced = [...stream.acknowledged].filter(
      ([value, { partition, offset }]) => at.get(`${partition}/${offset}`) !== value,
    );
    expect(misplaced, 'acknowledged, and not where the receipt says').toEqual([]);
    const values = stored.map(({ value }) => String(value));
    const twice = values.filter((value, index) => values.indexOf(value) !== index);
    expect(
      twice.filter((value) => !stream.wereUnknown.has(value)),
      'twice, and never unknown',
    ).toEqual([]);
    if (idempotent) expect(twice, 'twice').toEqual([]);
    expect(new Set(values).size).toBe(stream.acknowledged.size);
  });
});

/** Senders that send one record after the other, each until it is delivered. */
class Stream {
  readonly acknowledged = new Map<string, Delivered>();
  readonly wereUnknown = new Set<string>();
  private next = 0;
  private going = true;
  private waiting: { readonly at: number; readonly done: () => void }[] = [];

  constructor(
    private readonly producer: Producer,
    private readonly topic: string,
  ) {}

  /** Resolves when `count` more records have been acknowledged. */
  more(count: number): Promise<void> {
    return new Promise((done) => this.waiting.push({ at: this.acknowledged.size + count, done }));
  }

  async sendWhile(work: () => Promise<void>): Promise<void> {
    const sending = Array.from({ length: senders }, () => this.sendMany());
    await work();
    this.going = false;
    await Promise.all(sending);
  }

  private async sendMany(): Promise<void> {
    while (this.going || this.acknowledged.size < minRecords) {
      const value = `v${this.next++}`;
      for (let done = false; !done; ) done = await this.sendOnce(value);
    }
  }

  private async sendOnce(value: string): Promise<boolean> {
    const [outcome] = await this.producer.sendBatch([{ topic: this.topic, key: value, value }]);
    if (outcome?.status === 'unknown') this.wereUnknown.add(value);
    if (outcome?.status !== 'delivered') {
      // What cannot be sent fails at once: leave the event loop to others.
      await new Promise((later) => setTimeout(later, 20));
      return false;
    }
    this.acknowledged.set(value, outcome);
    for (const { at, done } of this.waiting) if (this.acknowledged.size >= at) done();
    this.waiting = this.waiting.filter(({ at }) => this.acknowledged.size < at);
    return true;
  }
}
