import { describe, expect, it } from 'vitest';
import { protocolErrors } from '@holdfast/core/adapter';
import { createDelivery } from '@holdfast/testing';
import { FakeCluster } from './fake-client.fixture.js';
import { Harness, ready } from './harness.fixture.js';

// One test for each pitfall of @confluentinc/kafka-javascript 1.10.1.
describe('pitfalls of the client', () => {
  it('produce mutates its arguments: each attempt has headers of its own', async () => {
    const harness = await ready();
    const headers = { trace: 'a', twice: ['1', new Uint8Array([2])] };
    const sent = await harness.sent([{ topic: 't', partition: 0, value: 'v', headers }]);
    await harness.report(-195);
    harness.sendAgain(sent.deliveries);
    await harness.report();
    const expected = [
      ['trace', Buffer.from('a')],
      ['twice', Buffer.from('1')],
      ['twice', Buffer.from([2])],
    ];
    expect(harness.cluster.produced.map((one) => one.headers)).toEqual([expected, expected]);
    expect(sent.deliveries[0]?.record.headers).toEqual(headers);
    expect(sent.statuses()).toEqual(['delivered']);
  });

  it('produce throws for a bad header value and still sends the record: it is refused before', async () => {
    const harness = await ready();
    const sent = await harness.sent([
      { topic: 't', partition: 0, value: 'good' },
      { topic: 't', partition: 0, value: 'bad' },
      { topic: 't', partition: 0, value: 'good too' },
    ]);
    await harness.report();
    harness.cluster.produced.length = 0;
    const [, bad] = sent.deliveries;
    if (bad !== undefined) Reflect.set(bad.record, 'headers', { wrong: 7 }); // as a careless middleware does
    harness.sendAgain(sent.deliveries);
    await harness.report();
    expect(harness.cluster.values()).toEqual(['good', 'good too']);
    expect(sent.statuses()).toEqual(['delivered', 'failed INVALID_RECORD', 'delivered']);
    expect(sent.outcomes()[1]).toMatchObject({ error: { field: 'headers.wrong', retriable: false } });
  });

  describe('what a middleware spoiled fails alone, and is not given to the client', () => {
    const detached = (): Uint8Array => {
      const bytes = new Uint8Array([1, 2]);
      structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
      return bytes;
    };
    const throwing = {
      get h(): string {
        throw new Error('no header');
      },
    };
    it.each<[field: string, what: string, wrong: unknown]>([
      ['value', 'text', 'abc'],
      ['value', 'nothing', undefined],
      ['value', 'bytes without memory', detached()],
      ['value', 'what looks like bytes', Object.create(Uint8Array.prototype)],
      ['key', 'text', 'abc'],
      ['key', 'bytes without memory', detached()],
      ['partition', 'negative', -3],
      ['partition', 'text', '1'],
      ['partition', 'null', null],
      ['timestamp', 'no number', NaN],
      ['timestamp', 'text', '1700000000000'],
      ['timestamp', 'BigInt', 1n],
      ['topic', 'none', ''],
      ['topic', 'no text', 7],
      ['headers', 'a Map', new Map([['a', 'b']])],
      ['headers', 'what throws', throwing],
      ['headers.h', 'null', { h: null }],
      ['headers.h', 'an array with a hole', { h: Array<string>(1) }],
      ['headers.h', 'bytes without memory', { h: detached() }],
    ])('%s: %s', async (field, _, wrong) => {
      const harness = await ready();
      const deliveries = ['before', 'spoiled', 'after'].map((value) =>
        createDelivery({ topic: 't', key: value, value }, { createdAt: harness.env.clock.now() }),
      );
      const [, spoiled] = deliveries;
      if (spoiled !== undefined) Reflect.set(spoiled.record, field.replace(/\..*/, ''), wrong);
      const sent = harness.sendAgain(deliveries);
      for (let i = 0; i < 3; i++) {
        await harness.turns();
        await harness.report();
      }
      expect(sent.statuses()).toEqual(['delivered', 'failed INVALID_RECORD', 'delivered']);
      expect(sent.outcomes()[1]).toMatchObject({ error: { field, retriable: false } });
      expect(harness.cluster.values().sort()).toEqual(['after', 'before']);
      expect(harness.cluster.clients).toHaveLength(1);
    });

    it('bytes that are transferred away while the record waits for a broker', async () => {
      const cluster = new FakeCluster();
      cluster.up = false;
      const harness = new Harness({ cluster });
      void harness.adapter.connect(harness.env, new AbortController().signal).catch(() => undefined);
      const value = new Uint8Array([1]);
      const sent = harness.send([{ topic: 't', value }]);
      structuredClone(value.buffer, { transfer: [value.buffer] });
      cluster.up = true;
      await harness.turns();
      expect(sent.statuses()).toEqual(['failed INVALID_RECORD']);
      expect(cluster.produced).toEqual([]);
    });
  });

  it('the client cuts a text header at its first character 0: it is given bytes instead', async () => {
    const harness = await ready();
    const headers = { h: 'a\0b', several: ['\0', 'x\0', Buffer.from('\0y')], none: '' };
    await harness.sent([{ topic: 't', partition: 0, value: 'v', headers }]);
    expect(harness.cluster.produced[0]?.headers).toEqual([
      ['h', Buffer.from('a\0b')],
      ['several', Buffer.from('\0')],
      ['several', Buffer.from('x\0')],
      ['several', Buffer.from('\0y')],
      ['none', Buffer.from('')],
    ]);
  });

  it("the client cuts a header's name at a character 0: it is refused", async () => {
    const harness = await ready();
    const sent = await harness.sent([{ topic: 't', partition: 0, value: 'v', headers: { 'a\0b': '1' } }]);
    expect(sent.statuses()).toEqual(['failed INVALID_RECORD']);
    expect(harness.cluster.produced).toEqual([]);
  });

  it.each([
    [-195, 'unknown CONNECTION_LOST', true],
    [-192, 'unknown REQUEST_TIMED_OUT', true],
    [-185, 'unknown REQUEST_TIMED_OUT', true],
    [-190, 'failed UNKNOWN_PARTITION', true],
    [-188, 'failed UNKNOWN_TOPIC', true],
    [-181, 'unknown TLS_FAILED', true],
    [-169, 'failed AUTHENTICATION_FAILED', false],
    [-166, 'failed REQUEST_TIMED_OUT', true],
    [-199, 'unknown KAFKA_ERROR', true],
    [-111, 'unknown KAFKA_ERROR', true],
    [7, 'unknown REQUEST_TIMED_OUT', true],
    [19, 'failed NOT_ENOUGH_REPLICAS', true],
    [20, 'unknown NOT_ENOUGH_REPLICAS', true],
    [29, 'failed AUTHORIZATION_FAILED', false],
  ])('error flags never arrive: report %i is %s by its number alone', async (code, status, retriable) => {
    const harness = await ready();
    const sent = await harness.sent([{ topic: 't', partition: 1, value: 'v' }]);
    await harness.report(code);
    expect(sent.statuses()).toEqual([status]);
    expect(sent.outcomes()[0]).toMatchObject({ error: { retriable, stage: 'confluent' } });
  });

  it("the broker's own codes have core's meaning", async () => {
    const harness = await ready();
    // Those that end an idempotent client are below.
    for (const { code, maybeWritten, splittable } of protocolErrors.filter(
      ({ code }) => ![45, 47, 59].includes(code),
    )) {
      const sent = await harness.sent([{ topic: 't', partition: 1, value: 'v' }]);
      await harness.report(code);
      if (splittable) await harness.report(code); // alone, to be sure that it meant this record
      const status = maybeWritten ? 'unknown' : 'failed';
      expect(sent.outcomes()[0]).toMatchObject({ status, error: { kafka: { code } } });
    }
  });

  it('-184, the queue is full: goes on in order when there is room, with nothing lost or sent twice', async () => {
    const harness = await ready();
    harness.cluster.queueLimit = 4;
    const values = Array.from({ length: 11 }, (_, index) => `v${index}`);
    const first = harness.send(values.slice(0, 6).map((value) => ({ topic: 't', partition: 0, value })));
    const second = harness.send(values.slice(6).map((value) => ({ topic: 't', partition: 0, value })));
    await harness.turns();
    expect(harness.cluster.values()).toEqual(values.slice(0, 4));
    expect(harness.adapter.stats?.()).toMatchObject({ queueFullRecords: 7 });
    while (harness.cluster.waiting.length > 0) await harness.report(0, harness.cluster.waiting.slice(0, 3));
    expect(harness.cluster.values()).toEqual(values);
    expect([...first.statuses(), ...second.statuses()]).toEqual(values.map(() => 'delivered'));
  });

  it('-184 for as long as a record may wait: it fails unsent', async () => {
    const harness = await ready({ options: { requestTimeoutMs: 2_000 } });
    harness.cluster.queueLimit = 1;
    const sent = await harness.sent([
      { topic: 't', partition: 0, value: 'in' },
      { topic: 't', partition: 0, value: 'out' },
    ]);
    await harness.wait(2_250);
    expect(sent.statuses()).toEqual(['unknown REQUEST_TIMED_OUT', 'failed REQUEST_TIMED_OUT']);
    await harness.report();
    expect(harness.cluster.values()).toEqual(['in']);
  });

  it.each([-150, -144, -148, 45, 47, 59])(
    '%i: the instance is dead, and another takes its place',
    async (code) => {
      const harness = await ready();
      const sent = await harness.sent([
        { topic: 't', partition: 0, value: 'a' },
        { topic: 't', partition: 1, value: 'b' },
      ]);
      await harness.report(code, harness.cluster.waiting.slice(0, 1));
      expect(sent.statuses()).toEqual(['unknown CLIENT_FATAL', 'unknown CLIENT_FATAL']);
      await harness.wait(1_000);
      expect(harness.cluster.clients).toHaveLength(2);
      expect(harness.cluster.clients.map((client) => client.isConnected())).toEqual([false, true]);
      const again = harness.sendAgain(sent.deliveries);
      await harness.turns();
      await harness.report();
      expect(again.statuses()).toEqual(['delivered', 'delivered']);
      expect(harness.adapter.stats?.()).toMatchObject({ rebuilds: 1, state: 'up' });
    },
  );

  it.each([
    ['-172', Object.assign(new Error('Local: Erroneous state'), { code: -172 })],
    ['an error without a number', new Error('Producer not connected')],
  ])(
    'produce throws %s: what was sent is unknown, the rest of its batch is not sent before it',
    async (_, error) => {
      const harness = await ready();
      const before = harness.send([{ topic: 't', partition: 0, value: 'before' }]);
      await harness.turns();
      harness.cluster.throwNext = undefined;
      const produced = harness.cluster.produced.length;
      const sent = harness.send([
        { topic: 't', partition: 0, value: 'a' },
        { topic: 't', partition: 0, value: 'b' },
      ]);
      expect(harness.cluster.produced).toHaveLength(produced + 2);
      harness.cluster.throwNext = error;
      const fresh = harness.send([{ topic: 't', partition: 0, value: 'nothing of it was sent' }]);
      await harness.turns();
      expect([...before.statuses(), ...sent.statuses()]).toEqual([
        'unknown CLIENT_FATAL',
        'unknown CLIENT_FATAL',
        'unknown CLIENT_FATAL',
      ]);
      expect(fresh.statuses()).toEqual(['-']);
      await harness.wait(1_000);
      await harness.report();
      expect(fresh.statuses()).toEqual(['delivered']);
      expect(harness.cluster.clients).toHaveLength(2);
    },
  );

  it('a producer whose first connect failed is dead: others are made until one connects', async () => {
    const cluster = new FakeCluster();
    cluster.connectError = Object.assign(new Error('ssl.ca.location failed'), { code: -172 });
    const harness = await new Harness({ cluster }).started();
    const sent = await harness.sent([{ topic: 't', value: 'v' }]);
    expect(sent.statuses()).toEqual(['failed INVALID_OPTIONS']);
    await harness.wait(10_000);
    expect(cluster.clients.length).toBeGreaterThan(5);
    cluster.connectError = undefined;
    await harness.wait(2_000);
    const again = await harness.sent([{ topic: 't', value: 'v' }]);
    await harness.report();
    expect(again.statuses()).toEqual(['delivered']);
  });

  it('connecting takes 30 s to fail and kills the instance: it is connected without a metadata query', async () => {
    const cluster = new FakeCluster();
    cluster.up = false;
    const harness = await new Harness({ cluster }).started();
    expect(cluster.clients.map((client) => client.isConnected())).toEqual([true]);
    expect((await harness.sent([{ topic: 't', value: 'v' }])).statuses()).toEqual([
      'failed BROKER_UNREACHABLE',
    ]);
    await harness.wait(60_000);
    cluster.up = true;
    await harness.wait(1_000);
    const sent = await harness.sent([{ topic: 't', value: 'v' }]);
    await harness.report();
    expect(sent.statuses()).toEqual(['delivered']);
    expect(cluster.clients).toHaveLength(1);
  });

  it('promises are left pending after disconnect: here all records end at the deadline', async () => {
    const harness = await ready();
    harness.cluster.queueLimit = 2;
    const sent = await harness.sent(
      Array.from({ length: 4 }, (_, index) => ({ topic: 't', partition: 0, value: `v${index}` })),
    );
    const flushed = harness.adapter.flush(harness.env.clock.now() + 100);
    const gone = harness.adapter.disconnect(harness.env.clock.now() + 200);
    await harness.env.clock.until(flushed);
    await harness.env.clock.until(gone);
    expect(sent.statuses()).toEqual([
      'unknown CLOSE_TIMEOUT',
      'unknown CLOSE_TIMEOUT',
      'failed CLOSE_TIMEOUT',
      'failed CLOSE_TIMEOUT',
    ]);
    expect(harness.cluster.clients.map((client) => client.isConnected())).toEqual([false]);
    expect((await harness.sent([{ topic: 't', value: 'late' }])).statuses()).toEqual(['failed CLOSED']);
    harness.cluster.report(0, harness.cluster.produced); // nobody listens
    await harness.turns();
    expect(sent.groups.flat()).toHaveLength(4);
    expect(harness.env.clock.pending).toBe(0);
  });

  it('the first rejection wins for a whole batch: here each record has its own outcome', async () => {
    const harness = await ready();
    const sent = await harness.sent([0, 1, 2].map((partition) => ({ topic: 't', partition, value: 'v' })));
    const [first, second, third] = harness.cluster.waiting;
    if (first === undefined || second === undefined || third === undefined) throw new Error('not produced');
    harness.cluster.report(0, [third]);
    harness.cluster.report(29, [first]);
    await harness.report(-195, [second]);
    expect(sent.statuses()).toEqual(['failed AUTHORIZATION_FAILED', 'unknown CONNECTION_LOST', 'delivered']);
  });
});
