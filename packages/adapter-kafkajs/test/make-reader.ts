import { readTopic } from '../src/read/read-topic.js';
import type { ReaderSubject } from '@holdfast/testing';
import { Kafka, logLevel } from 'kafkajs';
import { configOf, makeAdapter } from './make-adapter.js';

const kafkaAt = (brokers: readonly string[]): Kafka =>
  new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING, retry: { retries: 20 } });

export const reader: ReaderSubject = {
  makeAdapter,
  read: (settings, topic, options) => readTopic(configOf(settings), topic, options),

  async transact(brokers, topic, transactions) {
    const producer = kafkaAt(brokers).producer({
      transactionalId: `of ${topic}`,
      idempotent: true,
      maxInFlightRequests: 1,
    });
    await producer.connect();
    try {
      for (const { values, commit } of transactions) {
        const transaction = await producer.transaction();
        await transaction.send({ topic, messages: values.map((value) => ({ partition: 0, value })) });
        await (commit ? transaction.commit() : transaction.abort());
      }
    } finally {
      await producer.disconnect();
    }
  },

  async deleteBelow(brokers, topic, offset) {
    const admin = kafkaAt(brokers).admin();
    await admin.connect();
    await admin.fetchTopicMetadata({ topics: [topic] }); // The next call needs the metadata, and does not request it.
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: String(offset) }] });
    await admin.disconnect();
  },
};
