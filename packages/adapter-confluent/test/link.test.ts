import { describe, expect, it } from 'vitest';
import { confluentAdapter } from '../src/index.js';
import { FakeCluster } from './fake-client.fixture.js';
import { Harness, ready } from './harness.fixture.js';

const allDown = 'all broker connections are down';
const record = { topic: 't', partition: 0, value: 'v' };

describe('what it reports of brokers', () => {
  it('reports their names from the configuration, also of an instance, without a password', () => {
    const config = {
      'bootstrap.servers': 'ssl://one:9093, two',
      'metadata.broker.list': 'me:s3cr3t@three:1',
    };
    for (const given of [new FakeCluster().producer(config), config]) {
      expect(confluentAdapter(given).servers).toEqual(['one:9093', 'two:9092', 'three:1']);
    }
  });

  it('reports how long a quota holds the client back as an event, and the sum in stats', async () => {
    const { adapter, cluster, env } = await ready();
    const payloads: unknown[] = [];
    env.events.on('throttled', (payload) => payloads.push(payload));
    expect(adapter.stats?.()).toMatchObject({ throttledMs: 0 });
    for (const throttleTime of [70, 30, 0, undefined]) {
      cluster.clients[0]?.emit('event.throttle', {
        message: '',
        throttleTime,
        brokerName: 'b:1',
        brokerId: 1,
      });
    }
    expect(adapter.stats?.()).toMatchObject({ throttledMs: 100 });
    expect(payloads).toEqual([
      { adapter: 'confluent', ms: 70 },
      { adapter: 'confluent', ms: 30 },
    ]);
  });
});

describe('while no broker can be reached', () => {
  it('connect rejects with the reason after the first round, and the adapter goes on', async () => {
    const cluster = new FakeCluster();
    cluster.up = false;
    const harness = new Harness({ cluster });
    const connecting = harness.adapter.connect(harness.env, new AbortController().signal);
    const refused = expect(connecting).rejects.toMatchObject({ code: 'BROKER_UNREACHABLE', retriable: true });
    await harness.turns();
    await refused;
    cluster.up = true;
    await harness.wait(750);
    expect(harness.adapter.stats?.()).toMatchObject({ state: 'up', reconnects: 0 });
  });

  it('records fail at once, certainly not written, with the time of the next try', async () => {
    const harness = await ready();
    const client = harness.cluster.clients[0];
    harness.cluster.up = false;
    client?.emit('event.error', new Error(allDown));
    const waiting = harness.send([record]); // not yet known to be so
    expect(harness.adapter.stats?.()).toMatchObject({ state: 'doubtful' });
    await harness.turns();
    const late = await harness.sent([record]);
    for (const outcome of [...waiting.outcomes(), ...late.outcomes()]) {
      expect(outcome).toMatchObject({
        status: 'failed',
        error: { code: 'BROKER_UNREACHABLE', retriable: true },
      });
    }
    expect(late.outcomes()[0]).toMatchObject({ error: { retryAfter: expect.any(Number) as number } });
    expect(harness.cluster.produced).toEqual([]);
  });

  it('the client keeps its records: nothing is sent twice when brokers return', async () => {
    const harness = await ready();
    const sent = await harness.sent([record]);
    harness.cluster.up = false;
    harness.cluster.clients[0]?.emit('event.error', new Error(allDown));
    await harness.wait(20_000);
    expect(sent.statuses()).toEqual(['-']);
    harness.cluster.up = true;
    await harness.wait(750);
    await harness.report();
    expect(sent.statuses()).toEqual(['delivered']);
    expect(harness.cluster.values()).toEqual(['v']);
    expect(harness.adapter.stats?.()).toMatchObject({ reconnects: 1, rebuilds: 0 });
  });

  it('records that the client gives up meanwhile were lost with the connection and may be written', async () => {
    const harness = await ready();
    const sent = await harness.sent([record]);
    harness.cluster.up = false;
    harness.cluster.clients[0]?.emit('event.error', new Error(allDown));
    await harness.wait(10_000);
    await harness.report(-192);
    expect(sent.statuses()).toEqual(['unknown CONNECTION_LOST']);
  });

  it('a moment without brokers has no effect', async () => {
    const harness = await ready();
    harness.cluster.clients[0]?.emit('event.error', new Error(allDown));
    const sent = await harness.sent([record]);
    await harness.report();
    expect(sent.statuses()).toEqual(['delivered']);
    expect(harness.env.logger.lines.filter(({ level }) => level === 'warn')).toEqual([]);
  });

  it('reports the outage once, and its end once, in events and the log', async () => {
    const harness = await ready();
    const heard: string[] = [];
    harness.env.events.on('disconnected', ({ error }) => heard.push(`lost ${error.code}`));
    harness.env.events.on('connected', () => heard.push('found'));
    harness.cluster.up = false;
    harness.cluster.clients[0]?.emit('event.error', new Error(allDown));
    await harness.wait(10_000);
    harness.cluster.up = true;
    await harness.wait(1_000);
    expect(heard).toEqual(['lost BROKER_UNREACHABLE', 'found']);
    expect(
      harness.env.logger.lines.filter(({ level }) => level === 'warn').map(({ message }) => message),
    ).toEqual([expect.stringContaining('no broker can be used'), 'confluent: connected to the cluster']);
  });

  it('gives up after `reconnect.tries` rounds', async () => {
    const cluster = new FakeCluster();
    cluster.up = false;
    const harness = await new Harness({
      cluster,
      options: { reconnect: { tries: 3, intervalMs: 100 } },
    }).started();
    await harness.wait(5_000);
    cluster.up = true;
    await harness.wait(5_000);
    const sent = await harness.sent([record]);
    expect(sent.outcomes()).toMatchObject([
      { status: 'failed', error: { code: 'CLIENT_FATAL', retriable: false } },
    ]);
  });
});

describe('why brokers cannot be reached', () => {
  const fail = (text: string) => ({
    severity: 3,
    fac: 'FAIL',
    message: `[thrd:ssl://b:9093/bootstrap]: ssl://b:9093/bootstrap: ${text} (after 4ms in state AUTH_REQ)`,
  });

  async function refusedBy(event: string, text: string): Promise<Harness> {
    const cluster = new FakeCluster();
    cluster.up = false;
    cluster.events = [event];
    const config = { 'sasl.username': 'ann', 'sasl.password': 'hunter2' };
    const harness = await new Harness({ cluster, config }).started();
    cluster.clients[0]?.emit('event.log', fail(text));
    return harness;
  }

  it.each([
    ['authentication failure', 'SASL authentication error: invalid credentials', 'AUTHENTICATION_FAILED'],
    ['ssl error', 'SSL handshake failed: certificate verify failed', 'TLS_FAILED'],
    [
      'broker transport failure',
      'Connect to ipv4#127.0.0.1:1 failed: Connection refused',
      'BROKER_UNREACHABLE',
    ],
  ])('%s: one clear error, without the secret', async (event, text, code) => {
    const harness = await refusedBy(event, `${text} for hunter2`);
    await harness.wait(1_000);
    const sent = await harness.sent([{ ...record, value: 'payload' }]);
    expect(sent.statuses()).toEqual([`failed ${code}`]);
    const [outcome] = sent.outcomes();
    const error = outcome !== undefined && 'error' in outcome ? outcome.error : undefined;
    expect(error?.message).toContain(text);
    expect(error?.retriable).toBe(code === 'BROKER_UNREACHABLE');
    const said = `${harness.env.logger.text()} ${error?.message ?? ''} ${String(error?.cause)}`;
    expect(said).not.toMatch(/hunter2|payload/);
    expect(said).toContain('***');
    expect(harness.env.logger.lines.filter(({ level }) => level !== 'debug')).toHaveLength(1);
  });

  it.each([
    [{}, /their listeners are of the security.protocol 'plaintext'$/],
    [{ 'security.protocol': 'sasl_ssl' }, /their listeners are of the security.protocol 'sasl_ssl'$/],
  ] as const)('names the protocol, which may be the other one: %j', async (config, words) => {
    const cluster = new FakeCluster();
    cluster.up = false;
    const harness = await new Harness({ cluster, config }).started();
    await harness.wait(10_000);
    const [outcome] = (await harness.sent([record])).outcomes();
    expect(outcome).toMatchObject({ error: { code: 'BROKER_UNREACHABLE' } });
    expect(outcome !== undefined && 'error' in outcome && outcome.error.message).toMatch(words);
  });

  it('retries a login that worked before', async () => {
    const harness = await ready();
    harness.cluster.up = false;
    for (const text of ['authentication failure', allDown])
      harness.cluster.clients[0]?.emit('event.error', new Error(text));
    await harness.turns();
    const sent = await harness.sent([record]);
    expect(sent.outcomes()).toMatchObject([{ error: { code: 'AUTHENTICATION_FAILED', retriable: true } }]);
  });
});

describe('a cluster that refuses idempotence', () => {
  const refuse = (harness: Harness): boolean | undefined =>
    harness.cluster.clients.at(-1)?.emit('event.error', new Error('cluster authorization failed'));

  it('that the user requested: one clear error, until it is allowed', async () => {
    const harness = await new Harness().connected();
    await harness.sent([record]);
    refuse(harness);
    await harness.wait(750);
    refuse(harness);
    await harness.wait(1_500);
    const sent = await harness.sent([record]);
    expect(sent.outcomes()).toMatchObject([
      { status: 'failed', error: { code: 'AUTHORIZATION_FAILED', retriable: false, kafka: { code: 31 } } },
    ]);
    await harness.wait(5_000);
    const again = await harness.sent([record]);
    await harness.report();
    expect(again.statuses()).toEqual(['delivered']);
  });

  it('nothing was sent, so nothing is unknown', async () => {
    const harness = await new Harness().connected();
    const sent = await harness.sent([record, { ...record, value: 'w' }]);
    expect(harness.cluster.values()).toEqual(['v']);
    refuse(harness);
    await harness.wait(3_000);
    await harness.report();
    await harness.report();
    expect(sent.statuses()).toEqual(['delivered', 'delivered']);
    expect(harness.cluster.values()).toEqual(['v', 'v', 'w']);
  });

  it('nor are records that the client drops before it reports why', async () => {
    const harness = await new Harness().connected();
    const sent = await harness.sent([record]);
    await harness.report(-152);
    expect(sent.statuses()).toEqual(['-']);
    refuse(harness);
    await harness.wait(3_000);
    await harness.report();
    expect(sent.statuses()).toEqual(['delivered']);
  });
});
