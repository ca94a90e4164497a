import { createProducer, type Producer } from '@holdfast/core';
import {
  fakeClock,
  memoryKafka,
  recordingLogger,
  simulatedDisk,
  type FakeClock,
  type MemoryKafka,
} from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { deadLetterQueue } from './dead-letter-queue.js';
import { directory } from './harness.fixture.js';
import type { DeadLetterQueueOptions } from './options.js';

interface World {
  readonly producer: Producer;
  readonly kafka: MemoryKafka;
  readonly clock: FakeClock;
}

async function world(options: DeadLetterQueueOptions): Promise<World> {
  const kafka = memoryKafka({ topics: { orders: 3, 'orders.dlq': 1 }, maxMessageBytes: 2_000 });
  const clock = fakeClock();
  const logger = recordingLogger();
  const env = { clock, logger, disk: simulatedDisk({ clock, syncMs: 5 }) };
  const client = kafka.adapter();
  const producer = await clock.until(
    createProducer({ adapter: client, use: [deadLetterQueue(options)], env }),
  );
  producer.on('violation', ({ message }) => expect.unreachable(message));
  return { producer, kafka, clock };
}

describe('in a producer', () => {
  it('a flush waits for letters on their way to a sink', async () => {
    const { producer, clock } = await world({ file: { directory } });
    const outcomes = producer.sendBatch([{ topic: 'missing', value: 'v' }]);
    await clock.until(producer.flush());
    expect(producer.stats()).toMatchObject({ held: 0, deadLettered: 1 });
    expect(await outcomes).toMatchObject([{ status: 'dead-lettered' }]);
    await clock.until(producer.close());
  });

  it('send rejects for a dead-lettered record, with the error of the record', async () => {
    const { producer, clock } = await world({ topic: 'orders.dlq' });
    const sent = producer.send({ topic: 'missing', value: 'v' });
    sent.catch(() => undefined);
    await clock.until(producer.close());
    await expect(sent).rejects.toMatchObject({ cause: { code: 'UNKNOWN_TOPIC' } });
  });

  it('a record that is too large for Kafka, or whose dead letter is, goes to the file whole', async () => {
    const { producer, clock, kafka } = await world({ topic: 'orders.dlq', file: { directory } });
    const records = [
      { topic: 'orders', value: 'x'.repeat(5_000) },
      { topic: 'missing', value: 'x'.repeat(1_990) },
      { topic: 'missing', value: 'x' },
    ];
    const outcomes = await clock.until(producer.sendBatch(records));
    expect(outcomes.map((one) => 'to' in one && one.to.split(':')[0])).toEqual(['file', 'file', 'topic']);
    expect(kafka.messages('orders.dlq')).toHaveLength(1);
    await clock.until(producer.close());
  });

  it('senders wait for room while the disk is slower than failures arrive', async () => {
    const { producer, clock, kafka } = await world({ file: { directory }, maxHeldBytes: 1_000 });
    kafka.down();
    let most = 0;
    const sending = (async () => {
      for (let i = 0; i < 200; i++) {
        const room = producer.ready();
        if (room !== undefined) await room;
        producer.fireAndForget({ topic: 'orders', value: 'x'.repeat(100) });
        await Promise.resolve();
        most = Math.max(most, producer.stats().held);
        await new Promise<void>((resolve) => clock.soon(resolve));
      }
    })();
    await clock.until(sending);
    await clock.until(producer.close());
    expect(producer.stats()).toMatchObject({ deadLettered: 200, held: 0, failed: 0 });
    expect(most).toBeLessThan(20);
  });
});
