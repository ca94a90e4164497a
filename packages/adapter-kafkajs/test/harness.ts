import { kafkajsAdapter } from '../src/kafkajs-adapter.js';
import type { KafkajsAdapterOptions } from '../src/options.js';
import { setImmediate as turn } from 'node:timers/promises';
import type { Adapter, Outcome, ProducerRecord } from '@holdfast/core';
import type { EventHub } from '@holdfast/core/internal';
import { systemClock, type BaseEnv, type Clock, type Delivery } from '@holdfast/core/stage';
import { createDelivery, testEnv, type FakeClock, type RecordingLogger } from '@holdfast/testing';
import type { Kafka } from 'kafkajs';
import { onTestFinished } from 'vitest';
import { FakeKafka } from './fake-kafka/fake-kafka.js';

/** An adapter on a fake Kafka, and the deliveries that it settled. */
export interface Harness {
  readonly kafka: FakeKafka;
  readonly adapter: Adapter;
  readonly env: BaseEnv & { readonly logger: RecordingLogger; readonly events: EventHub };
  /** The first try. */
  readonly connected: Promise<void>;
  /** Sends one batch; resolves with the outcomes once all are settled. */
  send(records: readonly ProducerRecord[], deadline?: number): Promise<Outcome[]>;
}

export interface HarnessOptions extends KafkajsAdapterOptions {
  readonly nodes?: number;
  /**
   * `idempotent: false` unless something else is given, as most tests look at one attempt. Default
   * true.
   */
  readonly plain?: boolean;
  readonly clock?: Clock;
  readonly kafka?: FakeKafka;
  /** In place of a configuration with the brokers of `kafka`. */
  readonly client?: Kafka;
}

export async function harness({
  nodes = 1,
  plain = true,
  clock = systemClock,
  kafka,
  client,
  ...options
}: HarnessOptions = {}): Promise<Harness> {
  const cluster = kafka ?? (await FakeKafka.start(nodes));
  const env = { ...testEnv(), clock };
  const adapter = kafkajsAdapter(client ?? { brokers: cluster.brokers }, {
    reconnect: { intervalMs: 20, maxIntervalMs: 20 },
    ...(plain && { idempotent: false }),
    ...options,
  });
  const connected = adapter.connect(env, new AbortController().signal);
  connected.catch(() => undefined);
  onTestFinished(async () => {
    await adapter.disconnect(clock.now());
    await cluster.down();
  });
  return {
    kafka: cluster,
    adapter,
    env,
    connected,
    send: (records, deadline = Infinity) =>
      sendDeliveries(
        adapter,
        records.map((record) => createDelivery(record, { deadline })),
      ),
  };
}

/** Sends deliveries as core does, for the first time or again. */
export function sendDeliveries(adapter: Adapter, batch: readonly Delivery[]): Promise<Outcome[]> {
  for (const delivery of batch) delivery.outcome = undefined;
  const settled = new Set<Delivery>();
  return new Promise((resolve, reject) => {
    let returned = false;
    adapter.send([...batch], (done) => {
      for (const delivery of done) {
        if (settled.has(delivery)) reject(new Error('settled twice'));
        settled.add(delivery);
      }
      if (!returned) reject(new Error('settled inside send'));
      if (settled.size < batch.length) return;
      resolve(batch.map(({ outcome }) => outcome ?? fail()));
    });
    returned = true;
  });
}

const fail = (): never => {
  throw new Error('settled without an outcome');
};

/** Resolves once the condition holds; rejects after 5 s. */
export async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 5_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error('this did not come true within 5 s');
    await turn();
  }
}

/** Advances the clock by a millisecond per turn, while sockets do their part. */
export async function advanceUntil(clock: FakeClock, condition: () => boolean): Promise<void> {
  for (let turns = 0; !condition(); turns++) {
    if (turns > 5_000) throw new Error('this did not come true within 5,000 turns');
    await clock.advance(1);
  }
}

/** Returns each outcome in a word or two. */
export const words = (outcomes: readonly Outcome[]): string[] =>
  outcomes.map((outcome) =>
    'error' in outcome ? `${outcome.status} ${outcome.error.code}` : outcome.status,
  );
