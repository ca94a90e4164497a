import { KafkaJS, RdKafka } from '@confluentinc/kafka-javascript';
import { withPromises } from './callers.js';
import type { RawProducer, RawUse } from './raw.js';
import type { BenchRecord } from './records.js';

/** What a record is promised: the same as through the adapter. */
const promised = { acks: -1, 'enable.idempotence': true } as const;
const connectTimeoutMs = 30_000;

/**
 * `produce` and delivery reports, polled in the background, with so many records out at once: librdkafka batches what has
 * come within `lingerMs`.
 */
export const confluentProduce = (lingerMs: number, outstanding: number): RawUse => ({
  settings: { lingerMs, outstanding },
  open: async (brokers) => {
    const producer = new RdKafka.Producer({
      'bootstrap.servers': brokers.join(','),
      'linger.ms': lingerMs,
      'allow.auto.create.topics': false,
      // librdkafka's own, but the same for every key as in Java.
      partitioner: 'murmur2_random',
      dr_cb: true,
      ...promised,
    });
    await new Promise<void>((resolve, reject) => {
      producer.connect({ timeout: connectTimeoutMs }, (error: unknown) => {
        if (error === null || error === undefined) resolve();
        else reject(asError(error));
      });
    });
    producer.setPollInBackground(true);
    return new ReportedProducer(producer, outstanding);
  },
});

class ReportedProducer implements RawProducer {
  constructor(
    private readonly producer: RdKafka.Producer,
    private readonly outstanding: number,
  ) {}

  send(records: readonly BenchRecord[], count: number): Promise<void> {
    const { producer, outstanding } = this;
    return new Promise((resolve, reject) => {
      let next = 0;
      let left = count;
      const produceMore = (): void => {
        while (next < count && next - (count - left) < outstanding) {
          const record = records[next++];
          if (record !== undefined) producer.produce(record.topic, null, record.value, record.key);
        }
      };
      const onReport = (error: unknown): void => {
        if (error !== null && error !== undefined) {
          reject(asError(error));
          return;
        }
        left--;
        if (left === 0) {
          producer.off('delivery-report', onReport);
          resolve();
        } else produceMore();
      };
      producer.on('delivery-report', onReport);
      produceMore();
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.producer.disconnect(1_000, () => resolve()));
  }
}

const asError = (error: unknown): Error =>
  error instanceof Error ? error : new Error('librdkafka failed', { cause: error });

/** The client's API in the shape of kafkajs, one message a call, so many calls at a time. */
export const confluentSingle = (callers: number, lingerMs: number): RawUse => ({
  settings: { callers, lingerMs },
  open: async (brokers) => {
    const kafka = new KafkaJS.Kafka({
      kafkaJS: { brokers: [...brokers], logLevel: KafkaJS.logLevel.NOTHING },
    });
    const producer = kafka.producer({
      'linger.ms': lingerMs,
      partitioner: 'murmur2_random',
      ...promised,
    });
    await producer.connect();
    return {
      send: (records, count) =>
        withPromises(count, callers, async (index) => {
          const record = records[index];
          if (record === undefined) return;
          const { topic, key, value } = record;
          // A message of its own: the client writes into what it is given.
          await producer.send({ topic, messages: [{ key, value }] });
        }),
      close: () => producer.disconnect(),
    };
  },
});
