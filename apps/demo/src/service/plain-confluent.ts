import { KafkaJS } from '@confluentinc/kafka-javascript';
import type { Sender, SenderSettings } from './sender.js';

/** The confluent client as its README begins: the KafkaJS-shaped API, a producer without options, one `send` a record. */
export async function plainConfluent(settings: SenderSettings): Promise<Sender> {
  const { topic, requestTimeoutMs } = settings;
  const kafka = new KafkaJS.Kafka({
    kafkaJS: {
      clientId: 'demo-plain',
      brokers: [...settings.brokers],
      logLevel: KafkaJS.logLevel.NOTHING,
      ...(requestTimeoutMs === undefined ? {} : { requestTimeout: requestTimeoutMs }),
    },
  });
  const producer = kafka.producer();
  await producer.connect();
  return {
    send: (records) => records.map((record) => producer.send({ topic, messages: [record] })),
    close: () => producer.disconnect(),
  };
}
