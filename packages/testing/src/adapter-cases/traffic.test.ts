import { createProducer, type Adapter } from '@holdfast/core';
import { describe, expect, it } from 'vitest';
import { memoryKafka, type MemoryKafka } from '../memory/memory-kafka.js';
import type { MakeAdapter } from './adapter-case.js';
import { idleControl } from './idle-control.fixture.js';
import type { KafkaControl } from './kafka-control.js';
import { Traffic } from './traffic.js';

const nothing = (): Promise<void> => Promise.resolve();

const controlOf = (kafka: MemoryKafka): KafkaControl =>
  idleControl({ createTopic: async (name, { partitions } = {}) => kafka.createTopic(name, partitions) });

const start = (kafka: MemoryKafka, makeAdapter: MakeAdapter, patienceMs?: number): Promise<Traffic> =>
  Traffic.start(controlOf(kafka), {
    makeAdapter,
    idempotent: false,
    lanes: 4,
    read: (topic) => Promise.resolve(kafka.messages(topic)),
    ...(patienceMs !== undefined && { patienceMs }),
  });

/** The memory's own adapter, each batch of which is changed on its way. */
const changed =
  (kafka: MemoryKafka, change: (send: Adapter['send']) => Adapter['send']): MakeAdapter =>
  () => {
    const inner = kafka.adapter();
    const send = change((batch, settle) => inner.send(batch, settle));
    return {
      name: inner.name,
      capabilities: inner.capabilities,
      connect: (env, signal) => inner.connect(env, signal),
      flush: (deadline) => inner.flush(deadline),
      disconnect: (deadline) => inner.disconnect(deadline),
      send,
    };
  };

async function throughAnOutage(kafka: MemoryKafka, traffic: Traffic): Promise<string[]> {
  await traffic.during(async () => kafka.down({ writesInFlight: true }));
  const before = traffic.sent;
  kafka.up();
  await traffic.during(nothing);
  expect(traffic.sent).toBeGreaterThan(before);
  return traffic.end();
}

describe('traffic', () => {
  it('is sent until all is delivered, and finds nothing wrong with an adapter that is right', async () => {
    const kafka = memoryKafka();
    const traffic = await start(kafka, () => kafka.adapter());
    expect(await throughAnOutage(kafka, traffic)).toEqual([]);
    // Each lane has values of its own, and the same as the others.
    const keyed = kafka.messages().map(({ key, value }) => `${String(key)} ${String(value)}`);
    expect(new Set(keyed).size).toBe(traffic.sent);
  });

  it('says what is acknowledged and not there', async () => {
    const kafka = memoryKafka();
    const elsewhere = memoryKafka({ autoCreateTopics: true });
    const traffic = await start(kafka, () => elsewhere.adapter());
    const [first] = await throughAnOutage(elsewhere, traffic);
    expect(first).toMatch(/^I1: .* is not in the topic/);
  });

  it('says what is there twice, and was never unknown', async () => {
    const kafka = memoryKafka();
    const copies = await createProducer({ adapter: kafka.adapter() });
    const makeAdapter = changed(kafka, (send) => (batch, settle) => {
      const [first] = batch;
      const copy = {
        topic: first?.record.topic ?? '',
        key: first?.record.key ?? null,
        value: first?.record.value ?? null,
      };
      copies.send(copy).then(
        () => send(batch, settle),
        () => send(batch, settle),
      );
    });
    const traffic = await start(kafka, makeAdapter);
    const problems = await throughAnOutage(kafka, traffic);
    await copies.close();
    expect(problems.some((one) => /^I4: .* stands 2 times/.test(one))).toBe(true);
  });

  it('says what came out of order', async () => {
    const kafka = memoryKafka();
    const makeAdapter = changed(
      kafka,
      (send) => (batch, settle) => send([...batch].reverse(), () => settle(batch)),
    );
    const problems = await throughAnOutage(kafka, await start(kafka, makeAdapter));
    expect(problems.some((one) => one.startsWith('I3: '))).toBe(true);
  });

  it('does not wait for ever for what is not delivered', async () => {
    const kafka = memoryKafka();
    const traffic = await start(kafka, () => kafka.adapter(), 200);
    await traffic.during(async () => kafka.down());
    const [first] = await traffic.end();
    expect(first).toMatch(/not all was delivered in 200 ms$/);
  });
});
