import { Kafka, logLevel, Partitioners, type Producer } from 'kafkajs';
import { withPromises } from './callers.js';
import { inThisProcess, type RawProducer, type RawUse } from './raw.js';
import { recordAt, type BenchRecord } from './records.js';

const acks = -1;

/** `send` with this many messages in one call, and this many concurrent calls. */
export const kafkajsBatched = (batch: number, inFlight: number): RawUse => ({
  settings: { batch, inFlight },
  open: (brokers) =>
    open(brokers, (producer, records, count) => {
      const batches = Math.ceil(count / batch);
      return withPromises(batches, inFlight, async (index) => {
        const messages = records.slice(index * batch, Math.min(count, (index + 1) * batch));
        await producer.send({ topic: messages[0]?.topic ?? '', acks, messages });
      });
    }),
});

/** `send` with one message per call, with this many concurrent calls. */
export const kafkajsSingle = (callers: number): RawUse => ({
  settings: { callers },
  open: (brokers) =>
    open(brokers, (producer, records, count) =>
      withPromises(count, callers, (index) => sendOne(producer, recordAt(records, index))),
    ),
});

export const sendOne = (producer: Producer, record: BenchRecord): Promise<unknown> =>
  producer.send({ topic: record.topic, acks, messages: [record] });

/** Returns a connected producer of kafkajs, with Java's partitions. */
export async function openKafkajs(brokers: readonly string[]): Promise<Producer> {
  const kafka = new Kafka({ clientId: 'bench-raw', brokers: [...brokers], logLevel: logLevel.NOTHING });
  const producer = kafka.producer({
    allowAutoTopicCreation: false,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  return producer;
}

async function open(
  brokers: readonly string[],
  send: (producer: Producer, records: readonly BenchRecord[], count: number) => Promise<void>,
): Promise<RawProducer> {
  const producer = await openKafkajs(brokers);
  return inThisProcess(
    (records, count) => send(producer, records, count),
    () => producer.disconnect(),
  );
}
