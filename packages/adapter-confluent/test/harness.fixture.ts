import type { Adapter, Outcome, ProducerRecord } from '@holdfast/core';
import type { Delivery } from '@holdfast/core/stage';
import { createDelivery, testEnv, type TestEnv } from '@holdfast/testing';
import { confluentAdapter, type ConfluentAdapterOptions } from '../src/index.js';
import { FakeCluster } from './fake-client.fixture.js';

/** One batch that was sent, and its outcomes so far. */
export interface Sent {
  readonly deliveries: readonly Delivery[];
  /** In the order in which they were settled, by group. */
  readonly groups: Delivery[][];
  readonly outcomes: () => (Outcome | undefined)[];
  /** `failed UNKNOWN_TOPIC`, or `delivered`; `-` while there is no outcome. */
  readonly statuses: () => string[];
}

export class Harness {
  readonly cluster: FakeCluster;
  readonly env: TestEnv;
  readonly adapter: Adapter;
  private readonly stopped = new AbortController();

  constructor({
    cluster = new FakeCluster(),
    config = {},
    options = {},
    adapter = confluentAdapter(cluster.producer(config), options),
  }: {
    cluster?: FakeCluster;
    config?: object;
    options?: ConfluentAdapterOptions;
    adapter?: Adapter;
  } = {}) {
    this.cluster = cluster;
    this.env = testEnv();
    this.adapter = adapter;
  }

  async connected(): Promise<this> {
    const connecting = this.adapter.connect(this.env, this.stopped.signal);
    await this.turns();
    await connecting;
    return this;
  }

  /** Connects, and does not wait for a broker. */
  async started(): Promise<this> {
    this.adapter.connect(this.env, this.stopped.signal).catch(() => undefined);
    await this.turns();
    return this;
  }

  /** Resolves when nothing more happens without time or a report. */
  async turns(): Promise<void> {
    for (let i = 0; i < 6; i++) {
      await new Promise((resolve) => setImmediate(resolve));
      await this.env.clock.runSoon();
    }
  }

  /** Lets time pass, with all its effects. */
  async wait(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 250) {
      await this.env.clock.advance(Math.min(250, left));
      await this.turns();
    }
  }

  send(records: readonly ProducerRecord[]): Sent {
    return this.sendAgain(
      records.map((record) => createDelivery(record, { createdAt: this.env.clock.now() })),
    );
  }

  sendAgain(deliveries: readonly Delivery[]): Sent {
    const groups: Delivery[][] = [];
    for (const delivery of deliveries) {
      delivery.attempts++;
      delivery.outcome = undefined;
    }
    this.adapter.send([...deliveries], (group) => groups.push(group));
    const outcomes = (): (Outcome | undefined)[] => deliveries.map(({ outcome }) => outcome);
    return { deliveries, groups, outcomes, statuses: () => outcomes().map(statusOf) };
  }

  /** Sends, and resolves when nothing more happens. */
  async sent(records: readonly ProducerRecord[]): Promise<Sent> {
    const sent = this.send(records);
    await this.turns();
    return sent;
  }

  /** Reports these records, by default all, and resolves when nothing more happens. */
  async report(...args: Parameters<FakeCluster['report']>): Promise<void> {
    this.cluster.report(...args);
    await this.turns();
  }

  /** Has each of the partitions confirm a record, so that any number may follow. */
  async primed(topic = 't', partitions = 3): Promise<this> {
    await this.sent(
      Array.from({ length: partitions }, (_, partition) => ({ topic, partition, value: 'first' })),
    );
    await this.report();
    this.cluster.produced.length = 0;
    return this;
  }
}

function statusOf(outcome: Outcome | undefined): string {
  if (outcome === undefined) return '-';
  return 'error' in outcome ? `${outcome.status} ${outcome.error.code}` : outcome.status;
}

/** Makes a harness that is connected, and whose partitions have confirmed a record. */
export const ready = async (setup: ConstructorParameters<typeof Harness>[0] = {}): Promise<Harness> =>
  (await new Harness(setup).connected()).primed();
