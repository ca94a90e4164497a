import { Kafka, logLevel } from 'kafkajs';
import { kafkajsAccess } from '../access.js';
import type { StreamRecord } from '../records.js';
import { promiseSender } from './promise-sender.js';
import type { Sender, SenderSettings } from './sender.js';
import { toMessage } from './to-message.js';

/**
 * kafkajs as its own documentation begins: a producer without options. What has come in goes as one `send` a topic with several
 * messages: with one `send` a record, kafkajs does not get through an outage at all (its retries take the whole processor).
 */
export async function plainKafkajs(settings: SenderSettings): Promise<Sender> {
  const { access, requestTimeoutMs } = settings;
  const kafka = new Kafka({
    ...kafkajsAccess(access),
    clientId: 'demo-plain',
    logLevel: logLevel.NOTHING,
    ...(requestTimeoutMs === undefined ? {} : { requestTimeout: requestTimeoutMs }),
  });
  const producer = kafka.producer();
  await producer.connect();
  const send = (records: readonly StreamRecord[]): Promise<unknown>[] => {
    const answers = new Map<string, Promise<unknown>>();
    for (const topic of new Set(records.map((record) => record.topic))) {
      const messages = records.filter((record) => record.topic === topic).map(toMessage);
      answers.set(topic, producer.send({ topic, messages }));
    }
    return records.map(({ topic }) => answers.get(topic) ?? Promise.resolve());
  };
  return promiseSender(settings, send, () => producer.disconnect());
}
