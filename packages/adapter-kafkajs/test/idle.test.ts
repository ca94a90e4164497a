/**
 * Once a connection has had its first response, kafkajs sets a timer with a negative delay, which
 * is 1 ms, for ever.
 */
import type { ProducerRecord } from '@holdfast/core';
import { fakeClock, statOf } from '@holdfast/testing';
import { Kafka, logLevel } from 'kafkajs';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { FakeKafka } from './fake-kafka/fake-kafka.js';
import { harness, until, words } from './harness.js';

const topic = 'orders';
const toEach: readonly ProducerRecord[] = [0, 1, 2].map((partition) => ({ topic, value: 'v', partition }));

/**
 * Returns the delays of the timers that are set within ten seconds. Node's sockets have timers of
 * their own.
 */
async function armedInTenSeconds(): Promise<number[]> {
  const delays: number[] = [];
  for (const name of ['setTimeout', 'setInterval'] as const) {
    const spied = vi.spyOn(globalThis, name);
    onTestFinished(() => spied.mockRestore());
    await vi.advanceTimersByTimeAsync(5_000);
    delays.push(...spied.mock.calls.map(([, ms]) => ms ?? 0));
  }
  return delays;
}

function holdTime(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] });
  onTestFinished(() => void vi.useRealTimers());
}

describe('an idle producer', () => {
  it.each([true, false])('sets no timer and has none (idempotent: %s)', async (idempotent) => {
    holdTime();
    const { kafka, adapter, send } = await harness({ nodes: 3, idempotent });
    kafka.topic(topic, [1, 2, 3]);
    expect(words(await send(toEach))).toEqual(['delivered', 'delivered', 'delivered']);
    expect(statOf(adapter, 'connections')).toBe(3);
    await vi.advanceTimersByTimeAsync(500); // The others request metadata.
    await until(() => statOf(adapter, 'requestsInFlight') === 0);
    expect((await armedInTenSeconds()).length).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('the user’s own clients of the same instance are left alone', async () => {
    const fake = await FakeKafka.start();
    fake.topic(topic, [1]);
    const kafka = new Kafka({ brokers: fake.brokers, logLevel: logLevel.NOTHING });
    const { send } = await harness({ kafka: fake });
    await send([{ topic, value: 'v' }]);
    holdTime();
    const producer = kafka.producer({ createPartitioner: () => () => 0 });
    onTestFinished(() => producer.disconnect());
    await producer.connect();
    await producer.send({ topic, messages: [{ value: 'mine' }] });
    expect((await armedInTenSeconds()).length).toBeGreaterThan(100);
  });
});

it('an unanswered metadata request does not delay closing beyond its timeout', async () => {
  const clock = fakeClock();
  const { kafka, adapter, send, connected } = await harness({ clock });
  kafka.topic(topic, [1]);
  await connected;
  await send([{ topic, value: 'v' }]);
  await clock.advance(1_000);
  kafka.onMetadata = () => 'hang';
  kafka.reactions.push((request) => request.map(() => 5));
  const asked = kafka.metadataRequests;
  expect(words(await send([{ topic, value: 'v' }]))).toEqual(['failed LEADER_UNAVAILABLE']);
  await clock.advance(1_000);
  await until(() => kafka.metadataRequests > asked);
  await clock.advance(10_000);
  await adapter.disconnect(clock.now());
  expect(adapter.stats?.()).toMatchObject({ connections: 0, requestsInFlight: 0 });
});
