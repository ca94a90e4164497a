import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { testEnv } from '@holdfast/testing';
import { confluentAdapter, type ConfluentConfig } from '../src/index.js';
import {
  completeConfig,
  configProblems,
  partitionerProblems,
  secretsOf,
  traitsOf,
} from '../src/client/client-config.js';
import { wantsIdempotence } from '../src/client/idempotence-config.js';
import { sanitizer } from '../src/client/sanitizer.js';
import { FakeCluster } from './fake-client.fixture.js';
import { Harness, ready } from './harness.fixture.js';

const brokers = { 'bootstrap.servers': '127.0.0.1:1' };

function problemsOf(make: () => unknown): readonly string[] {
  try {
    make();
  } catch (error) {
    expect(error).toMatchObject({ code: 'INVALID_OPTIONS', name: 'ConfigurationError' });
    const problems: unknown = Reflect.get(Object(error), 'problems');
    return Array.isArray(problems) ? problems.map(String) : [];
  }
  return [];
}

function hasBinding(): boolean {
  try {
    createRequire(import.meta.url)('@confluentinc/kafka-javascript');
    return true;
  } catch {
    return false;
  }
}

describe('arguments that are refused, all at once, each with a remedy', () => {
  it('options and settings', () => {
    const options = {
      requestTimeoutMs: 0,
      partitioner: 'mine',
      reconnect: { tries: 0, wrong: 1 },
      extra: true,
    };
    const config = { kafkaJS: { brokers: [] }, 'transactional.id': 'tx', dr_cb: false, event_cb: false };
    const problems = problemsOf(() => Reflect.apply(confluentAdapter, undefined, [config, options]));
    for (const about of [
      'requestTimeoutMs',
      'partitioner',
      'extra',
      'reconnect: .*tries',
      'reconnect: .*wrong',
      'bootstrap.servers',
      'kafkaJS',
      'transactional.id',
      'dr_cb',
      'event_cb',
    ]) {
      expect(problems.join('\n')).toMatch(new RegExp(about));
    }
    expect(problems).toHaveLength(10);
  });

  it.each([[undefined], [null], ['127.0.0.1:9092'], [[]]])('%j for a configuration', (given) => {
    expect(problemsOf(() => Reflect.apply(confluentAdapter, undefined, [given]))[0]).toMatch(
      /configuration must be/,
    );
  });

  it.each([
    ['a Kafka', { producer: () => undefined, consumer: () => undefined, admin: () => undefined }],
    ['a producer', { connect: () => undefined, send: () => undefined, sendBatch: () => undefined }],
  ])('%s of the KafkaJS-like interface, with what to give instead', (_, given) => {
    expect(problemsOf(() => Reflect.apply(confluentAdapter, undefined, [given]))).toEqual([
      expect.stringMatching(/KafkaJS-like interface.*'bootstrap.servers'.*an RdKafka.Producer$/),
    ]);
  });

  it.each(['localhost:abc', 'a:9092, b:', 'plaintext://a:70000', 'a:0'])('%s for brokers', (list) => {
    expect(problemsOf(() => confluentAdapter({ 'bootstrap.servers': list }))).toEqual([
      expect.stringMatching(/'bootstrap.servers' must be one or more 'host:port'/),
    ]);
  });

  it('a partitioner of the client, which would never be called', () => {
    const problem = expect.stringMatching(
      /^'partitioner' would have no effect.*the adapter's own option/,
    ) as string;
    const given = { ...brokers, partitioner: 'consistent_random' } as const;
    expect(problemsOf(() => confluentAdapter(given))).toEqual([problem]);
    const fake = new FakeCluster();
    expect(problemsOf(() => confluentAdapter(fake.producer({ partitioner: 'fnv1a' })))).toEqual([problem]);
    expect(problemsOf(() => confluentAdapter(fake.producer({ partitioner: 'murmur2_random' })))).toEqual([]);
    const callback: unknown = Reflect.apply(partitionerProblems, undefined, [
      {},
      { partitioner_cb: () => 0 },
    ]);
    expect(callback).toEqual([expect.stringMatching(/^'partitioner_cb'/)]);
  });

  it('each setting that excludes idempotence, where it is requested', () => {
    const given: ConfluentConfig = {
      ...brokers,
      acks: 1,
      'request.required.acks': 0,
      retries: 0,
      'message.send.max.retries': 0,
      'max.in.flight': 6,
      'max.in.flight.requests.per.connection': 7,
      'queue.buffering.backpressure.threshold': 2,
      'queuing.strategy': 'lifo',
    };
    const names = Object.keys(given).filter((name) => name !== 'bootstrap.servers');
    for (const problems of [
      problemsOf(() => confluentAdapter(given, { idempotent: true })),
      problemsOf(() => confluentAdapter({ ...given, 'enable.idempotence': true })),
    ]) {
      expect(problems).toHaveLength(names.length);
      for (const name of names) {
        expect(problems).toContainEqual(
          expect.stringMatching(new RegExp(`^with idempotence '${name}' must be .*, not '`)),
        );
      }
    }
  });

  it('two settings of idempotence that contradict each other', () => {
    const both = (idempotent: boolean, config: object) =>
      problemsOf(() => confluentAdapter({ ...brokers, ...config }, { idempotent }));
    const twice = [expect.stringMatching(/^'idempotent' is .* leave one of them out$/)];
    expect(both(true, { 'enable.idempotence': false })).toEqual(twice);
    expect(both(true, { 'enable.idempotence': 'F' })).toEqual(twice);
    expect(both(false, { 'enable.idempotence': true })).toEqual(twice);
    expect(both(false, { 'enable.idempotence': 1 })).toEqual(twice);
    expect(both(false, { 'enable.gapless.guarantee': true })).toEqual([
      expect.stringMatching(/^'enable.gapless.guarantee' needs idempotence/),
    ]);
    const mine = (idempotent: boolean, given: boolean) =>
      problemsOf(() =>
        confluentAdapter(new FakeCluster().producer({ 'enable.idempotence': given }), { idempotent }),
      );
    expect(mine(true, false)).toEqual([expect.stringMatching(/made without it: give it/)]);
    expect(mine(false, true)).toEqual([expect.stringMatching(/made with it: give it/)]);
    expect([...mine(true, true), ...mine(false, false)]).toEqual([]);
  });

  it('an interval that is longer than the longest', () => {
    const reconnect = { intervalMs: 500, maxIntervalMs: 100 };
    expect(problemsOf(() => confluentAdapter(new FakeCluster().producer(), { reconnect }))[0]).toMatch(
      /maxIntervalMs/,
    );
  });

  it('a producer without delivery reports', () => {
    expect(problemsOf(() => confluentAdapter(new FakeCluster().producer({}, { reports: false })))[0]).toMatch(
      /dr_cb/,
    );
  });

  it.runIf(hasBinding())('what librdkafka refuses, in its own words, without a secret', () => {
    const wrong = { ...brokers, 'sasl.password': 'hunter2', 'no.such.thing': 'hunter2' };
    const [problem] = problemsOf(() => Reflect.apply(confluentAdapter, undefined, [wrong]));
    expect(problem).toMatch(/no\.such\.thing/);
    const value = { ...brokers, 'sasl.password': 'hunter2', 'compression.type': 'hunter2' };
    expect(problemsOf(() => Reflect.apply(confluentAdapter, undefined, [value]))).toEqual([
      expect.stringMatching(/\*\*\*.*compression\.codec/),
    ]);
  });
});

describe('the configuration', () => {
  it.each(['localhost', 'a:1,b', '[::1]:9092', '::1', 'ssl://a:9093', ' a:9092 , b:9093 '])(
    'may name brokers as librdkafka takes them: %s',
    (list) => {
      expect(configProblems({ 'bootstrap.servers': list })).toEqual([]);
    },
  );

  it("is the user's, over the adapter's defaults", () => {
    const given: ConfluentConfig = {
      ...brokers,
      'compression.type': 'lz4',
      'linger.ms': 7,
      'message.timeout.ms': 9,
    };
    const made = completeConfig(given, true, 1_000);
    expect(made).toMatchObject(given);
    expect(made).toMatchObject({
      acks: -1,
      'enable.idempotence': true,
      'allow.auto.create.topics': false,
      dr_cb: true,
    });
  });

  it('has defaults where a property has no value', () => {
    const made = completeConfig(
      { ...brokers, acks: undefined, 'enable.idempotence': null } as object,
      true,
      1,
    );
    expect(made).toMatchObject({ acks: -1, 'enable.idempotence': true });
  });

  it('limits what a client without idempotence does by itself', () => {
    const made = completeConfig({ ...brokers, 'enable.idempotence': false }, false, 4_321);
    expect(made).toMatchObject({ 'message.send.max.retries': 0, 'message.timeout.ms': 4_321 });
  });

  it.each<[ConfluentConfig, boolean]>([
    [{}, true],
    [{ acks: 'all' }, true],
    [{ acks: 1 }, false],
    [{ 'request.required.acks': 0 }, false],
    [{ 'enable.idempotence': false }, false],
    [{ 'message.send.max.retries': 0 }, false],
    [{ retries: 0 }, false],
    [{ 'max.in.flight': 6 }, false],
    [{ 'max.in.flight.requests.per.connection': 5 }, true],
    [{ 'queuing.strategy': 'lifo' }, false],
    [{ 'queue.buffering.backpressure.threshold': 2 }, false],
    [{ 'enable.gapless.guarantee': true }, true],
  ])('%j: idempotent %s', (given, expected) => {
    expect(wantsIdempotence(given)).toBe(expected);
    expect(wantsIdempotence(given, true)).toBe(true);
    expect(wantsIdempotence(given, false)).toBe(false);
  });

  it.each([
    [{}, 'all', false],
    [{ acks: -1, 'enable.idempotence': true }, 'all', true],
    [{ acks: 'ALL', 'enable.idempotence': 'T' }, 'all', true],
    [{ 'enable.idempotence': '1' }, 'all', true],
    [{ 'request.required.acks': '1' }, 'leader', false],
    [{ acks: 0 }, 'none', false],
  ])('%j has the traits %s, %s', (config, acks, idempotent) => {
    expect(traitsOf(config)).toMatchObject({ acks, idempotent });
    expect(traitsOf({}, config).acks).toBe(acks);
  });

  it.each([
    [{}, true],
    [{ 'linger.ms': 1 }, true],
    [{ 'linger.ms': '0' }, false],
    [{ 'queue.buffering.max.ms': 0.5 }, false],
  ])('%j lingers: %s', (config, lingers) => {
    expect(traitsOf(config).lingers).toBe(lingers);
  });

  it('has secrets that no text shows', () => {
    const secrets = secretsOf({
      'sasl.password': 'pw',
      'ssl.key.password': 'pw-longer',
      'ssl.key.pem': '---key---',
      'sasl.oauthbearer.client.secret': 'so',
      'sasl.username': 'ann',
    });
    expect(sanitizer(secrets)('ann pw-longer ---key--- so pw')).toBe('ann *** *** *** ***');
  });
});

describe("a user's own producer", () => {
  it('that is connected is used as it is, and stays connected in the end', async () => {
    const cluster = new FakeCluster();
    const mine = cluster.producer();
    await new Promise<void>((resolve) => mine.connect({}, () => resolve()));
    const env = testEnv();
    const adapter = confluentAdapter(mine);
    const connecting = adapter.connect(env, new AbortController().signal);
    for (let i = 0; i < 5; i++) {
      await new Promise((resolve) => setImmediate(resolve));
      await env.clock.runSoon();
    }
    await connecting;
    await env.clock.until(adapter.disconnect(env.clock.now()));
    expect(mine.isConnected()).toBe(true);
    expect(mine.pollsInBackground).toBe(true);
    for (const event of ['delivery-report', 'event.error', 'event.log', 'error']) {
      expect(mine.listenerCount(event)).toBe(0);
    }
  });

  it('that is dead is replaced by one with its own settings', async () => {
    const harness = await ready({ config: { 'client.id': 'mine' } });
    harness.cluster.clients[0]?.emit('event.error', new Error('fatal error'));
    await harness.wait(1_000);
    expect(harness.cluster.clients[1]?.globalConfig).toMatchObject({ 'client.id': 'mine' });
    const sent = await harness.sent([{ topic: 't', partition: 0, value: 'v' }]);
    await harness.report();
    expect(sent.statuses()).toEqual(['delivered']);
  });
});

describe('an adapter', () => {
  it('serves one producer', async () => {
    const harness = await ready();
    const again = harness.adapter.connect(harness.env, new AbortController().signal);
    await expect(again).rejects.toMatchObject({ code: 'INVALID_CHAIN' });
    await harness.env.clock.until(harness.adapter.disconnect(0));
    const after = harness.adapter.connect(harness.env, new AbortController().signal);
    await expect(after).rejects.toMatchObject({ code: 'CLOSED' });
  });

  it('that was never connected fails records with that reason, in a later turn', async () => {
    const harness = new Harness();
    const sent = harness.send([{ topic: 't', value: 'v' }]);
    expect(sent.groups).toEqual([]);
    await harness.turns();
    expect(sent.statuses()).toEqual(['failed CLOSED']);
    await harness.adapter.disconnect(0);
    await harness.adapter.flush(0);
  });

  it('reports its capabilities', () => {
    const of = (config: object) => new Harness({ config }).adapter.capabilities;
    expect(of({})).toEqual({ offsets: true, acks: 'all', idempotent: true });
    expect(of({ acks: 0, 'enable.idempotence': false })).toEqual({
      offsets: false,
      acks: 'none',
      idempotent: false,
    });
  });

  it('disconnects when the signal is aborted', async () => {
    const harness = new Harness();
    const signal = new AbortController();
    harness.adapter.connect(harness.env, signal.signal).catch(() => undefined);
    await harness.turns();
    signal.abort();
    await harness.wait(1_000);
    expect(harness.cluster.clients[0]?.isConnected()).toBe(false);
    expect(harness.env.clock.pending).toBe(0);
  });
});
