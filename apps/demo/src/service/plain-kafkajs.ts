import { Kafka, logLevel } from 'kafkajs';
import { kafkajsAccess } from '../access.js';
import type { StreamRecord } from '../records.js';
import { promiseSender } from './promise-sender.js';
import type { Sender, SenderSettings } from './sender.js';
import { toMessage } from './to-message.js';

/**
 * kafkajs as at the beginning of its documentation: a producer without options. It sends what has
 * arrived with one `send` per topic and several messages: with one `send` per record, kafkajs never
 * recovers from an outage (its retries use the whole processor).
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
