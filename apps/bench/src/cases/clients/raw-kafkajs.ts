import { Kafka, logLevel, Partitioners, type Producer } from 'kafkajs';
import { withPromises } from './callers.js';
import type { RawUse } from './raw.js';
import type { BenchRecord } from './records.js';

const acks = -1;

/** `send` with so many messages in one call, and so many calls at a time. */
export const kafkajsBatched = (batch: number, inFlight: number): RawUse => ({
  settings: { batch, inFlight },
  open: (brokers) =>
    open(brokers, (producer, records, count) => {
      const batches = Math.ceil(count / batch);
      return withPromises(batches, inFlight, (index) =>
        sendAll(producer, records.slice(index * batch, Math.min(count, (index + 1) * batch))),
      );
    }),
});

/** `send` with one message a call, so many calls at a time. */
export const kafkajsSingle = (callers: number): RawUse => ({
  settings: { callers },
  open: (brokers) =>
    open(brokers, (producer, records, count) =>
      withPromises(count, callers, (index) => sendAll(producer, records.slice(index, index + 1))),
    ),
});

async function sendAll(producer: Producer, messages: BenchRecord[]): Promise<void> {
  await producer.send({ topic: messages[0]?.topic ?? '', acks, messages });
}

async function open(
  brokers: readonly string[],
  send: (producer: Producer, records: readonly BenchRecord[], count: number) => Promise<void>,
): ReturnType<RawUse['open']> {
  const kafka = new Kafka({ clientId: 'bench-raw', brokers: [...brokers], logLevel: logLevel.NOTHING });
  const producer = kafka.producer({
    allowAutoTopicCreation: false,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  return {
    send: (records, count) => send(producer, records, count),
    close: () => producer.disconnect(),
  };
}
