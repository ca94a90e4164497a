import { Kafka, logLevel } from 'kafkajs';
import type { Sender, SenderSettings } from './sender.js';

/**
 * kafkajs as its own documentation begins: a producer without options. What has come in goes as one `send` with several
 * messages: with one `send` a record, kafkajs does not get through an outage at all (its retries take the whole processor).
 */
export async function plainKafkajs(settings: SenderSettings): Promise<Sender> {
  const { topic, requestTimeoutMs } = settings;
  const kafka = new Kafka({
    clientId: 'demo-plain',
    brokers: [...settings.brokers],
    logLevel: logLevel.NOTHING,
    ...(requestTimeoutMs === undefined ? {} : { requestTimeout: requestTimeoutMs }),
  });
  const producer = kafka.producer();
  await producer.connect();
  return {
    send(records) {
      const all = producer.send({ topic, messages: [...records] });
      return records.map(() => all);
    },
    close: () => producer.disconnect(),
  };
}
