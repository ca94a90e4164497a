import { expect, it, vi } from 'vitest';
import { confluentAdapter } from '../src/index.js';
import { FakeCluster } from './fake-client.fixture.js';
import { Harness } from './harness.fixture.js';

let cluster: FakeCluster;

// The adapter does without idempotence where that was only a default: it makes the clients itself then.
vi.mock('../src/load-client.js', () => {
  class Other {}
  const asNew = (_: unknown, [config]: [object]): object => cluster.producer(config);
  const Producer = new Proxy(Other, { construct: asNew });
  return { threadProblem: () => undefined, loadClient: () => ({ Producer, KafkaConsumer: Other }) };
});

const record = { topic: 't', partition: 0, value: 'v' };
const refusal = 'cluster authorization failed';

async function connected(): Promise<Harness> {
  cluster = new FakeCluster();
  const adapter = confluentAdapter({ 'bootstrap.servers': 'one:9092' });
  return new Harness({ cluster, adapter }).connected();
}

const says = (client: number, message: string): void =>
  void cluster.clients[client]?.emit('event.error', new Error(message));

it('goes on without, and no record fails for it', async () => {
  const harness = await connected();
  const sent = await harness.sent([record]);
  says(0, refusal);
  await harness.wait(2_000);
  await harness.report();
  expect(sent.told()).toEqual(['delivered']);
  expect(harness.adapter.capabilities.idempotent).toBe(false);
});

it('does so, too, when a client died before it had said why, and the next one dies of it', async () => {
  const harness = await connected();
  // The second of the two events of a fatal error finds that the next client is not made yet.
  says(0, 'fatal error');
  says(0, refusal);
  await harness.wait(750);
  expect(cluster.clients).toHaveLength(2);
  says(1, refusal);
  await harness.turns();
  const sent = await harness.sent([record]);
  await harness.wait(2_000);
  await harness.report();
  expect(sent.told()).toEqual(['delivered']);
  expect(harness.adapter.capabilities.idempotent).toBe(false);
});
