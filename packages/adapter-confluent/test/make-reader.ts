import { once } from 'node:events';
import { promisify } from 'node:util';
import { RdKafka } from '@confluentinc/kafka-javascript';
import type { ReaderSubject } from '@holdfast/testing';
import { readTopic } from '../src/index.js';
import { configOf, makeAdapter } from './make-adapter.js';

const longMs = 30_000;

export const reader: ReaderSubject = {
  makeAdapter,
  read: (settings, topic, options) => readTopic(configOf(settings), topic, options),

  async transact(brokers, topic, transactions) {
    const producer = new RdKafka.Producer({
      'bootstrap.servers': brokers.join(','),
      'transactional.id': `of ${topic}`,
      dr_cb: true,
    });
    const ready = once(producer, 'ready');
    producer.connect({ timeout: longMs });
    await ready;
    try {
      await done((tell) => producer.initTransactions(longMs, tell));
      for (const { values, commit } of transactions) {
        await done((tell) => producer.beginTransaction(tell));
        for (const value of values) producer.produce(topic, 0, Buffer.from(value));
        await done((tell) => producer.flush(longMs, tell));
        if (commit) await done((tell) => producer.commitTransaction(longMs, tell));
        else await done((tell) => producer.abortTransaction(longMs, tell));
      }
    } finally {
      await new Promise<void>((resolve) => void producer.disconnect(() => resolve()));
    }
  },

  async deleteBelow(brokers, topic, offset) {
    const admin = RdKafka.AdminClient.create({ 'bootstrap.servers': brokers.join(',') });
    await done((tell) => admin.deleteRecords([{ topic, partition: 0, offset }], { timeout: longMs }, tell));
    admin.disconnect();
  },
};

const done = promisify((run: (tell: (error: unknown) => void) => unknown, tell: (error: unknown) => void) => {
  run(tell);
});
