import { createProducer, keyPartition, type Outcome } from '@holdfast/core';
import { describe, expect, it } from 'vitest';
import { fakeClock } from '../env/fake-clock.js';
import { HistoryChecker } from '../history/history-checker.js';
import { memoryKafka } from './memory-kafka.js';

const codeOf = (outcome: Outcome | undefined): string =>
  outcome !== undefined && 'error' in outcome
    ? `${outcome.status} ${outcome.error.code}`
    : String(outcome?.status);

describe('memoryKafka', () => {
  it('keeps what a producer sends, on the real clock', async () => {
    const kafka = memoryKafka({ topics: { orders: 3 } });
    await using producer = await createProducer({ adapter: kafka.adapter() });
    const receipt = await producer.send({
      topic: 'orders',
      key: 'k1',
      value: 'v1',
      headers: { app: 'shop' },
      timestamp: 7,
    });
    const partition = keyPartition(Buffer.from('k1'), 3);
    expect(receipt).toEqual({ status: 'delivered', topic: 'orders', partition, offset: 0, timestamp: 7 });
    expect(kafka.messages('orders')).toEqual([
      {
        topic: 'orders',
        partition,
        offset: 0,
        timestamp: 7,
        key: Buffer.from('k1'),
        value: Buffer.from('v1'),
        headers: { app: 'shop' },
      },
    ]);
    expect(kafka.values('orders')).toEqual(['v1']);
  });

  it('runs on a fake clock', async () => {
    const clock = fakeClock();
    const kafka = memoryKafka({ topics: { orders: 1 }, latencyMs: 40 });
    const producer = await createProducer({ adapter: kafka.adapter(), env: { clock } });
    const sent = producer.send({ topic: 'orders', value: 'v' });
    await clock.advance(39);
    expect(kafka.values()).toEqual([]);
    await clock.advance(1);
    expect(await sent).toMatchObject({ offset: 0 });
    await clock.until(producer.close());
    expect(clock.pending).toBe(0);
  });

  it('refuses as a broker does, each record for itself', async () => {
    const kafka = memoryKafka({ topics: { orders: 2 }, maxMessageBytes: 100 });
    await using producer = await createProducer({ adapter: kafka.adapter() });
    const outcomes = await producer.sendBatch([
      { topic: 'orders', value: 'fine' },
      { topic: 'nowhere', value: 'v' },
      { topic: 'orders', partition: 2, value: 'v' },
      { topic: 'orders', value: 'x'.repeat(101) },
    ]);
    expect(outcomes.map(codeOf)).toEqual([
      'delivered',
      'failed UNKNOWN_TOPIC',
      'failed UNKNOWN_PARTITION',
      'failed RECORD_TOO_LARGE',
    ]);
    expect(outcomes.slice(1).map((one) => 'error' in one && one.error.retriable)).toEqual([
      true,
      false,
      false,
    ]);
    expect(kafka.values()).toEqual(['fine']);
  });

  it('makes topics when told to', async () => {
    const kafka = memoryKafka({ autoCreateTopics: true });
    await using producer = await createProducer({ adapter: kafka.adapter() });
    await producer.send({ topic: 'new', value: 'v' });
    kafka.createTopic('wide', 6);
    await producer.send({ topic: 'wide', partition: 5, value: 'w' });
    expect(kafka.values()).toEqual(['v', 'w']);
  });

  it('is down and up: unreachable, and lost on the way, written or not', async () => {
    const clock = fakeClock();
    const kafka = memoryKafka({ topics: { orders: 1 }, latencyMs: 10 });
    const producer = await createProducer({ adapter: kafka.adapter(), env: { clock } });
    const events: string[] = [];
    producer.on('connected', () => events.push('connected'));
    producer.on('disconnected', ({ error }) => events.push(error.code));
    const lost = producer.sendBatch([{ topic: 'orders', value: 'lost' }]);
    kafka.down();
    expect(codeOf((await clock.until(lost))[0])).toBe('unknown CONNECTION_LOST');
    const refused = producer.sendBatch([{ topic: 'orders', value: 'refused' }]);
    expect(codeOf((await clock.until(refused))[0])).toBe('failed BROKER_UNREACHABLE');
    kafka.up();
    const written = producer.sendBatch([{ topic: 'orders', value: 'written' }]);
    kafka.down({ writesInFlight: true });
    expect(codeOf((await clock.until(written))[0])).toBe('unknown CONNECTION_LOST');
    expect(kafka.values()).toEqual(['written']);
    expect(events).toEqual(['CONNECTION_LOST', 'connected', 'CONNECTION_LOST']);
  });

  it.each([
    [false, []],
    [true, ['lost']],
  ])(
    'what is on its way without latency is lost as well, written or not (%s)',
    async (writesInFlight, there) => {
      const kafka = memoryKafka({ topics: { orders: 1 } });
      await using producer = await createProducer({ adapter: kafka.adapter() });
      const lost = producer.sendBatch([{ topic: 'orders', value: 'lost' }]);
      kafka.down({ writesInFlight });
      expect(codeOf((await lost)[0])).toBe('unknown CONNECTION_LOST');
      expect(kafka.values()).toEqual(there);
    },
  );

  it('gives each record up at its own deadline, before it arrives or while nothing is answered', async () => {
    for (const latencyMs of [0, 500]) {
      const clock = fakeClock();
      const kafka = memoryKafka({ topics: { orders: 1 }, latencyMs });
      const producer = await createProducer({ adapter: kafka.adapter(), env: { clock } });
      if (latencyMs === 0) kafka.silence();
      const sent = producer.sendBatch(
        [100, 10_000, 200].map((ms) => ({ topic: 'orders', value: `${ms}`, deliveryTimeoutMs: ms })),
      );
      await clock.advance(500);
      kafka.up();
      await clock.runSoon();
      expect((await sent).map(codeOf)).toEqual([
        'unknown DELIVERY_TIMEOUT',
        'delivered',
        'unknown DELIVERY_TIMEOUT',
      ]);
      expect(kafka.values()).toEqual(['10000']);
      await clock.until(producer.close());
      expect(clock.pending).toBe(0);
    }
  });

  it('can be down when a producer starts', async () => {
    const kafka = memoryKafka({ topics: { orders: 1 } });
    kafka.down();
    await expect(createProducer({ adapter: kafka.adapter(), requireBroker: true })).rejects.toMatchObject({
      code: 'BROKER_UNREACHABLE',
    });
    await using producer = await createProducer({ adapter: kafka.adapter() });
    kafka.up();
    expect(await producer.send({ topic: 'orders', value: 'v' })).toMatchObject({ offset: 0 });
  });

  it('fits the history checker', async () => {
    const kafka = memoryKafka({ topics: { orders: 3 } });
    const history = new HistoryChecker();
    await using producer = await createProducer({ adapter: kafka.adapter() });
    const records = Array.from({ length: 200 }, (_, i) => ({
      topic: 'orders',
      key: `k${i % 7}`,
      value: `${i}`,
    }));
    const ids = records.map((record) => history.sent(record));
    for (const [i, outcome] of (await producer.sendBatch(records)).entries())
      history.outcome(ids[i] ?? '', outcome);
    history.found(kafka.messages());
    history.assertHistory();
    expect(history.summary()).toMatchObject({ sent: 200, acknowledged: 200, inTopic: 200, outOfOrder: 0 });
  });

  it('refuses options that are wrong', () => {
    expect(() => memoryKafka({ latencyMs: -1 })).toThrow("'latencyMs' must be a number from 0");
    expect(() => memoryKafka({ topics: { orders: 0 } })).toThrow(
      "topic 'orders' needs a whole number of partitions >= 1",
    );
  });
});
