import { KafkaJS } from '@confluentinc/kafka-javascript';
import type { Login } from '../access.js';
import type { StreamRecord } from '../records.js';
import { promiseSender } from './promise-sender.js';
import { toMessage } from './to-message.js';
import type { Sender, SenderSettings } from './sender.js';

/**
 * The confluent client as at the beginning of its README: the KafkaJS-shaped API, a producer
 * without options, one `send` per record.
 */
export async function plainConfluent(settings: SenderSettings): Promise<Sender> {
  const { access, requestTimeoutMs } = settings;
  const kafka = new KafkaJS.Kafka({
    kafkaJS: {
      clientId: 'demo-plain',
      brokers: [...access.brokers],
      logLevel: KafkaJS.logLevel.NOTHING,
      ...(requestTimeoutMs === undefined ? {} : { requestTimeout: requestTimeoutMs }),
      ...(access.login !== undefined && { ssl: true, sasl: saslOf(access.login) }),
    },
    ...(access.login !== undefined && { 'ssl.ca.pem': access.login.ca }),
  });
  const producer = kafka.producer();
  await producer.connect();
  const send = (records: readonly StreamRecord[]): Promise<unknown>[] =>
    records.map((record) => producer.send({ topic: record.topic, messages: [toMessage(record)] }));
  return promiseSender(settings, send, () => producer.disconnect());
}

const saslOf = ({ username, password }: Login) =>
  ({ mechanism: 'scram-sha-256', username, password }) as const;
