import { describe, expect, it, vi } from 'vitest';
import { confluentAdapter, type ConfluentAdapterOptions, type ConfluentConfig } from '../src/index.js';
import { FakeCluster } from './fake-client.fixture.js';
import { Harness } from './harness.fixture.js';

let cluster: FakeCluster;

// The adapter gives up idempotence only where it was a default, which needs clients that it makes
// itself.
vi.mock('../src/client/load-client.js', () => {
  class Other {}
  const asNew = (_: unknown, [config]: [object]): object => cluster.producer(config);
  const Producer = new Proxy(Other, { construct: asNew });
  return { threadProblem: () => undefined, loadClient: () => ({ Producer, KafkaConsumer: Other }) };
});

const record = { topic: 't', partition: 0, value: 'v' };
const refusal = 'cluster authorization failed';
const refusedInLog = {
  severity: 0,
  fac: 'FATAL',
  message:
    '[thrd:main]: Fatal error: Broker: Cluster authorization failed: Failed to acquire idempotence PID from broker one:9092/1',
};
const unknownRequest = {
  severity: 4,
  fac: 'GETPID',
  message:
    '[thrd:main]: Failed to acquire idempotence PID from broker one:9092/1: Broker: Unsupported version: retrying',
};

function harnessOf(options: ConfluentAdapterOptions = {}, config: ConfluentConfig = {}): Harness {
  cluster = new FakeCluster();
  const adapter = confluentAdapter({ 'bootstrap.servers': 'one:9092', ...config }, options);
  return new Harness({ cluster, adapter });
}

const connected = (...given: Parameters<typeof harnessOf>): Promise<Harness> =>
  harnessOf(...given).connected();

const says = (client: number, message: string): void =>
  void cluster.clients[client]?.emit('event.error', new Error(message));
const logs = (client: number, line: object): void => void cluster.clients[client]?.emit('event.log', line);

const warnings = ({ env }: Harness): string[] =>
  env.logger.lines.filter(({ level }) => level === 'warn').map(({ message }) => message);

function isOfLastClient(): unknown {
  const config = cluster.clients.at(-1)?.globalConfig ?? {};
  return Reflect.get(config, 'enable.idempotence');
}

const isIdempotent = ({ adapter }: Harness): unknown[] => [
  adapter.capabilities.idempotent,
  Reflect.get(adapter.stats?.() ?? {}, 'idempotent'),
  isOfLastClient(),
];

describe('a cluster that refuses idempotence, where that is only the default', () => {
  it.each<[what: string, tell: () => void]>([
    ['refuses the user', () => says(0, refusal)],
    [
      'refuses the user, as librdkafka tells it',
      () => {
        logs(0, refusedInLog);
        says(0, 'fatal error');
        says(0, refusal);
      },
    ],
    ['has only old brokers', () => says(0, 'required feature not supported by broker')],
    ['does not know the request', () => logs(0, unknownRequest)],
  ])('%s: goes on without it, fails no record, and logs the cost in one warning', async (_, tell) => {
    const harness = await connected();
    const sent = await harness.sent([record]);
    tell();
    await harness.wait(2_000);
    await harness.report();
    expect(sent.statuses()).toEqual(['delivered']);
    expect(isIdempotent(harness)).toEqual([false, false, false]);
    expect(warnings(harness)).toEqual([
      expect.stringMatching(
        /the cluster refuses idempotence.*may be in its topic twice; grant IdempotentWrite on the cluster.*or set idempotent: false$/,
      ),
    ]);
  });

  it('keeps the order of a key, one record at a time, and loses none of the dead client', async () => {
    const harness = await connected();
    const values = ['a', 'b', 'c', 'd'];
    const sent = await harness.sent(values.map((value) => ({ topic: 't', key: 'k', value })));
    expect(cluster.values()).toEqual(['a']); // the first record of a partition goes alone
    says(0, refusal);
    cluster.produced.length = 0;
    await harness.wait(2_000);
    for (const value of values) {
      expect(cluster.values().at(-1)).toBe(value);
      await harness.report();
    }
    expect(cluster.values()).toEqual(values);
    expect(sent.statuses()).toEqual(values.map(() => 'delivered'));
  });

  it('is recognised although a client died without a reason and the next one dies with it', async () => {
    const harness = await connected();
    // The second of the two events of a fatal error comes before the next client is made.
    says(0, 'fatal error');
    says(0, refusal);
    await harness.wait(750);
    expect(cluster.clients).toHaveLength(2);
    expect(warnings(harness)).toEqual([expect.stringContaining('the cluster refuses idempotence')]);
    says(1, refusal);
    await harness.turns();
    const sent = await harness.sent([record]);
    await harness.wait(2_000);
    await harness.report();
    expect(sent.statuses()).toEqual(['delivered']);
    expect(isIdempotent(harness)).toEqual([false, false, false]);
  });

  it.each([0, 29])('records of a client that a broker had answered (%i) may be written', async (code) => {
    const harness = await connected();
    const sent = await harness.sent([record, { ...record, partition: 1 }]);
    await harness.report(code, cluster.waiting.slice(0, 1));
    says(0, refusal);
    await harness.wait(2_000);
    expect(sent.statuses()[1]).toBe('unknown CLIENT_FATAL');
    expect(isIdempotent(harness)).toEqual([false, false, false]);
  });

  it("leaves the user's own settings as they are", async () => {
    const harness = await connected({}, { 'message.timeout.ms': 7_000, 'allow.auto.create.topics': true });
    says(0, refusal);
    await harness.wait(1_000);
    expect(cluster.clients[1]?.globalConfig).toMatchObject({
      'enable.idempotence': false,
      'message.send.max.retries': 0,
      'message.timeout.ms': 7_000,
      'allow.auto.create.topics': false, // of a client that sends, whatever the user says
    });
  });
});

describe('a cluster that refuses idempotence, where the user requests it', () => {
  it.each<[what: string, options: ConfluentAdapterOptions, config: ConfluentConfig]>([
    ['idempotent: true', { idempotent: true }, {}],
    ['enable.idempotence', {}, { 'enable.idempotence': true }],
    ['enable.gapless.guarantee', {}, { 'enable.gapless.guarantee': true }],
  ])('by %s: records fail until the right is granted', async (_, options, config) => {
    const harness = harnessOf(options, config);
    cluster.events = [refusal];
    await harness.started();
    const refused = await harness.sent([record]);
    await harness.wait(3_000);
    expect(refused.statuses()).toEqual(['failed AUTHORIZATION_FAILED']);
    expect(refused.outcomes()[0]).toMatchObject({
      error: { kafka: { code: 31 }, message: expect.stringMatching(/grant IdempotentWrite/) as string },
    });
    cluster.events = [];
    await harness.wait(5_000);
    const sent = await harness.sent([record]);
    await harness.report();
    expect(sent.statuses()).toEqual(['delivered']);
    expect(isIdempotent(harness)).toEqual([true, true, true]);
  });

  it('reports brokers that are too old', async () => {
    const harness = harnessOf({ idempotent: true });
    cluster.events = ['required feature not supported by broker'];
    await harness.started();
    const refused = await harness.sent([record]);
    await harness.wait(3_000);
    expect(refused.outcomes()[0]).toMatchObject({
      status: 'failed',
      error: { kafka: { code: 35 }, message: expect.stringMatching(/set idempotent: false/) as string },
    });
  });
});

it.each<[what: string, options: ConfluentAdapterOptions, config: ConfluentConfig]>([
  ['idempotent: false', { idempotent: false }, {}],
  ['enable.idempotence', {}, { 'enable.idempotence': false }],
  ['acks', {}, { acks: 1 }],
])('turned off by %s, no id is requested and nothing is logged', async (_, options, config) => {
  const harness = await connected(options, config);
  const sent = await harness.sent([record]);
  await harness.report();
  expect(sent.statuses()).toEqual(['delivered']);
  expect(isIdempotent(harness)).toEqual([false, false, false]);
  expect(warnings(harness)).toEqual([]);
});
