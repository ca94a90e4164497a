import { KafkaJS, RdKafka } from '@confluentinc/kafka-javascript';
import { withPromises } from './callers.js';
import { inThisProcess, type RawUse } from './raw.js';
import type { BenchRecord } from './records.js';

/** The guarantees of a record: the same as through the adapter. */
const promised = { acks: -1, 'enable.idempotence': true } as const;
const connectTimeoutMs = 30_000;

interface Manner {
  readonly lingerMs: number;
  /** Records in flight. */
  readonly outstanding: number;
  /**
   * True: each record's caller gets its own report, as with Holdfast, and a report makes room for
   * the next record. False: reports are only counted, and more records follow in turn: the fastest
   * way we know.
   */
  readonly attributed: boolean;
}

/**
 * `produce` and delivery reports, polled in the background: librdkafka batches what arrives within
 * `lingerMs`.
 */
export const confluentProduce = ({ lingerMs, outstanding, attributed }: Manner): RawUse => ({
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
    const reported = new ReportedProducer(producer, outstanding, attributed);
    return inThisProcess(
      (records, count) => reported.send(records, count),
      () => reported.close(),
    );
  },
});

type Done = (error: unknown) => void;

class ReportedProducer {
  constructor(
    private readonly producer: RdKafka.Producer,
    private readonly outstanding: number,
    private readonly attributed: boolean,
  ) {}

  send(records: readonly BenchRecord[], count: number): Promise<void> {
    const { producer, outstanding, attributed } = this;
    return new Promise((resolve, reject) => {
      let next = 0;
      let left = count;
      let willProduce = false;
      const done: Done = (error) => {
        if (error !== null && error !== undefined) reject(asError(error));
        else left--;
      };
      const produceMore = (): void => {
        willProduce = false;
        while (next < count && next - (count - left) < outstanding) {
          const record = records[next++];
          if (record === undefined) return;
          const { topic, value, key } = record;
          if (attributed) producer.produce(topic, null, value, key, undefined, done);
          else producer.produce(topic, null, value, key);
        }
      };
      const onReport = (error: unknown, { opaque }: RdKafka.DeliveryReport): void => {
        if (isDone(opaque)) opaque(error);
        else done(error);
        if (left === 0) {
          producer.off('delivery-report', onReport);
          resolve();
        } else if (attributed) produceMore();
        else if (!willProduce) {
          willProduce = true;
          setImmediate(produceMore);
        }
      };
      producer.on('delivery-report', onReport);
      produceMore();
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.producer.disconnect(1_000, () => resolve()));
  }
}

const isDone = (opaque: unknown): opaque is Done => typeof opaque === 'function';

const asError = (error: unknown): Error =>
  error instanceof Error ? error : new Error('librdkafka failed', { cause: error });

/** The client's KafkaJS-shaped API, one message per call, with this many concurrent calls. */
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
    return inThisProcess(
      (records, count) =>
        withPromises(count, callers, async (index) => {
          const record = records[index];
          if (record === undefined) return;
          const { topic, key, value } = record;
          // A new message each time: the client writes into the one that it gets.
          await producer.send({ topic, messages: [{ key, value }] });
        }),
      () => producer.disconnect(),
    );
  },
});
