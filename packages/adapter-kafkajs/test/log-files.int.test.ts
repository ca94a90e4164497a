/**
 * The broker's log files: Kafka's own tool and both clients read every record back, in every codec.
 */
import { kafkajsAdapter } from '../src/kafkajs-adapter.js';
import type { Compression } from '../src/options.js';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { features, KafkaJS } from '@confluentinc/kafka-javascript';
import { createProducer, silentLogger, type Producer, type ProducerRecord } from '@holdfast/core';
import { startKafka, startKafkaTool, type KafkaCluster } from '@holdfast/kafka';
import kafkajs, { Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storedLz4, storedSnappy, storedZstd } from './stored-codecs.js';

const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const satisfies readonly Compression[];
const now = Date.now();

let cluster: KafkaCluster;
beforeAll(async () => {
  cluster = await startKafka({ brokers: 1, require: 'real' });
  Object.assign(kafkajs.CompressionCodecs, { 2: storedSnappy, 3: storedLz4, 4: storedZstd });
});
afterAll(() => cluster?.down());

const bytesOf = (length: number): Buffer => Buffer.from(Array.from({ length }, (_, at) => (at * 7) % 256));

/** Every form of a record, for one partition. */
const recordsFor = (topic: string): ProducerRecord[] =>
  [
    ...[null, '', 'k', bytesOf(300)].flatMap((key) =>
      [null, '', 'v', bytesOf(1_000), bytesOf(150_000)].map((value) => ({ key, value })),
    ),
    {
      value: 'h',
      headers: { one: 'a', bytes: bytesOf(256), empty: '', several: ['x', 'y'], none: [], ü: 'ö' },
    },
    { value: 'long ago', timestamp: 1 },
    { value: 'then', timestamp: now - 2 ** 33 },
    ...Array.from({ length: 2_000 }, (_, index) => ({ key: `k${index}`, value: `v${index}` })),
  ].map((record) => ({ timestamp: now, ...record, topic, partition: 0 }));

/**
 * Sends each record until it is delivered: a broker may not know yet that it leads a new topic.
 */
async function sendFirst(producer: Producer, records: readonly ProducerRecord[]): Promise<void> {
  for (const record of records) {
    while ((await producer.sendBatch([record])).some(({ status }) => status !== 'delivered'));
  }
}

/** A record in a form that can be compared, whatever client read it. */
interface Seen {
  readonly timestamp: string;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: string;
}
const latin1 = (of: unknown): string | null =>
  of === null || of === undefined
    ? null
    : (typeof of === 'string' || of instanceof Uint8Array ? Buffer.from(of) : Buffer.from('?')).toString(
        'latin1',
      );
const seen = (of: {
  readonly timestamp?: number | string | undefined;
  readonly key?: unknown;
  readonly value?: unknown;
  readonly headers?: object | undefined;
}): Seen => ({
  timestamp: String(of.timestamp),
  key: latin1(of.key),
  value: latin1(of.value),
  headers: Object.entries<unknown>({ ...of.headers })
    .flatMap(([name, one]) => (Array.isArray(one) ? one : [one]).map((each) => `${name}=${latin1(each)}`))
    .join(),
});

interface Consumer {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  subscribe(of: { topic: string; fromBeginning?: boolean }): Promise<void>;
  run(of: { eachMessage: (of: { message: Parameters<typeof seen>[0] }) => Promise<void> }): Promise<void>;
}

async function consumed(
  consumer: Consumer,
  topic: string,
  count: number,
  fromBeginning = {},
): Promise<Seen[]> {
  const all: Seen[] = [];
  await consumer.connect();
  try {
    await consumer.subscribe({ topic, ...fromBeginning });
    await new Promise<void>((resolve, reject) => {
      const eachMessage = ({ message }: { message: Parameters<typeof seen>[0] }): Promise<void> => {
        if (all.push(seen(message)) === count) resolve();
        return Promise.resolve();
      };
      consumer.run({ eachMessage }).catch(reject);
    });
  } finally {
    await consumer.disconnect();
  }
  return all;
}

/** What `kafka-dump-log.sh --deep-iteration` prints of the topic's one log file. */
async function dumped(topic: string): Promise<string> {
  const folder = join(cluster.dataDirectory ?? '', 'broker-1', `${topic}-0`);
  const files = (await readdir(folder))
    .filter((name) => name.endsWith('.log'))
    .map((name) => join(folder, name));
  const tool = await startKafkaTool('kafka.tools.DumpLogSegments', [
    '--deep-iteration',
    '--files',
    files.join(),
  ]);
  const [out, errors] = await Promise.all([text(tool.stdout), text(tool.stderr)]);
  if (tool.exitCode !== 0 && errors !== '') throw new Error(errors);
  return out;
}

describe.each(codecs)('compression: %s', (compression) => {
  const topic = `codec-${compression}`;
  const records = recordsFor(topic);
  const given = records.map(seen);

  it('every record is delivered', async () => {
    await cluster.createTopic(topic, { partitions: 1 });
    await using producer = await createProducer({
      adapter: kafkajsAdapter({ brokers: cluster.brokers }, { compression }),
      env: { logger: silentLogger },
    });
    await sendFirst(producer, records.slice(0, 1));
    const outcomes = await producer.sendBatch(records.slice(1));
    expect(outcomes.filter(({ status }) => status !== 'delivered')).toEqual([]);
    expect(outcomes.at(-1)).toMatchObject({ offset: records.length - 1 });
  });

  it("Kafka's own tool finds every batch valid, and every record in it", async () => {
    const lines = (await dumped(topic)).split('\n');
    const batches = lines.filter((line) => line.startsWith('baseOffset:'));
    expect(batches.length).toBeGreaterThan(1);
    expect(batches.filter((line) => !line.includes(`compresscodec: ${compression}`))).toEqual([]);
    expect(batches.filter((line) => !line.includes(' isvalid: true'))).toEqual([]);
    const found = lines.flatMap((line) => {
      const [, offset, timestamp, key, value, headers] =
        /offset: (\d+) CreateTime: (\d+) keySize: (-?\d+) valueSize: (-?\d+).* headerKeys: \[(.*)\]/.exec(
          line,
        ) ?? [];
      return offset === undefined ? [] : [{ offset, timestamp, key, value, headers }];
    });
    const sizeOf = (of: string | null): string => String(of?.length ?? -1);
    expect(found).toEqual(
      given.map(({ timestamp, key, value }, offset) => ({
        offset: String(offset),
        timestamp,
        key: sizeOf(key),
        value: sizeOf(value),
        headers: value === 'h' ? 'one,bytes,empty,several,several,ü' : '',
      })),
    );
  });

  it('a consumer of kafkajs reads the same', async () => {
    const client = new Kafka({ brokers: cluster.brokers, logLevel: logLevel.NOTHING });
    const consumer = client.consumer({ groupId: `kafkajs-${topic}` });
    expect(await consumed(consumer, topic, given.length, { fromBeginning: true })).toEqual(given);
  });

  // A binding that was built without libzstd cannot read zstd, and hangs silently: then there is
  // nothing to compare.
  if (compression === 'zstd' && !features.includes('zstd')) return;
  it('a consumer of confluent reads the same', async () => {
    const client = new KafkaJS.Kafka({
      kafkaJS: { brokers: [...cluster.brokers], logLevel: KafkaJS.logLevel.NOTHING },
    });
    const consumer = client.consumer({ kafkaJS: { groupId: `confluent-${topic}`, fromBeginning: true } });
    expect(await consumed(consumer, topic, given.length)).toEqual(given);
  });
});

/** Records for which the codec returns bytes that cannot be decompressed. */
const spoilt = 'spoilt';
const codecThatLies = {
  compress: ({ buffer }: { readonly buffer: Buffer }): Promise<Buffer> =>
    buffer.includes(spoilt) ? Promise.resolve(Buffer.from('garbage')) : storedLz4().compress({ buffer }),
};

it.each([true, false])(
  'a broker that cannot decompress a batch does not say whether it wrote it, and takes its neighbours (idempotent: %s)',
  async (idempotent) => {
    const topic = `lies-${idempotent}`;
    await cluster.createTopic(topic, { partitions: 3 });
    Object.assign(kafkajs.CompressionCodecs, { 3: () => codecThatLies });
    await using producer = await createProducer({
      adapter: kafkajsAdapter({ brokers: cluster.brokers }, { compression: 'lz4', idempotent }),
      env: { logger: silentLogger },
    });
    const first = Array.from({ length: 3 }, (_, partition) => ({ topic, value: 'first', partition }));
    await sendFirst(producer, first);
    const outcomes = await producer.sendBatch(
      ['a', spoilt, 'b'].map((value, partition) => ({ topic, value, partition })),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(['delivered', 'unknown', 'delivered']);
    expect(outcomes[1]).toMatchObject({
      error: { code: 'KAFKA_ERROR', kafka: { name: 'UNKNOWN_SERVER_ERROR' } },
    });
    const later = await producer.sendBatch(
      ['c', 'd', 'e'].map((value, partition) => ({ topic, value, partition })),
    );
    expect(later.map(({ status }) => status)).toEqual(['delivered', 'delivered', 'delivered']);
  },
);
