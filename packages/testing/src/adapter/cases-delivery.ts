import { keyPartition, type ProducerRecord } from '@holdfast/core';
import type { Delivery } from '@holdfast/core/stage';
import type { ConformanceCase } from '../conformance/conformance-case.js';
import { nameOf } from '../conformance/snapshot.js';
import { AdapterBench } from './adapter-bench.js';
import type { AdapterSubject } from './adapter-subject.js';

type Run = (bench: AdapterBench) => Promise<void>;

// https://kafka.apache.org/documentation/#topicconfigs_max.message.bytes
const defaultMaxBatchBytes = 1_048_588;

/** What becomes of records over a cluster that is up. */
export function deliveryCases(subject: AdapterSubject): ConformanceCase[] {
  const cases: readonly (readonly [title: string, run: Run])[] = [
    ['delivers a batch, each record once, later than send, with its place', batch],
    ['takes an empty batch', emptyBatch],
    ['keeps keys, values and headers byte for byte: none, empty, bytes, large', kinds],
    ['delivers to the partition asked for, and fails one that does not exist alone', partitions],
    ['puts a key where Java puts it, and a batch without keys into one partition', keys],
    ['keeps the order of a key from call to call', order],
    ['takes many calls at once', manyCalls],
    ['takes a delivery again', again],
    ['splits what is too large for one batch of a partition', tooLargeTogether],
  ];
  return cases.map(([title, run]) => ({
    title,
    run: async () => {
      const bench = new AdapterBench(subject);
      await bench.connect();
      await run(bench);
      return bench.finish();
    },
  }));
}

const batch: Run = async (bench) => {
  const all = await bench.mustDeliver(bench.records(100));
  checkOffsets(bench, all);
};

const emptyBatch: Run = async (bench) => {
  bench.send([]);
  await bench.within('flush after an empty batch', bench.adapter.flush(bench.clock.now() + bench.timeoutMs));
  await bench.mustDeliver(bench.records(1));
};

const kinds: Run = async (bench) => {
  const { mark } = bench;
  const { topic } = bench.subject;
  const headers = { text: 'ä', bytes: Uint8Array.of(0, 255), empty: '', many: ['one', Uint8Array.of(2)] };
  await bench.mustDeliver([
    { topic, key: `${mark}tombstone`, value: null },
    { topic, key: null, value: `${mark}keyless` },
    { topic, value: `${mark}without headers`, headers: {} },
    { topic, key: '', value: `${mark}empty key` },
    { topic, key: `${mark}empty value`, value: '' },
    {
      topic,
      key: Uint8Array.of(0, 128, 255),
      value: Buffer.concat([Buffer.from(mark), Buffer.from([0, 159, 146, 150])]),
    },
    { topic, key: 'k', value: `${mark}headers`, headers },
    { topic, key: 'k', value: `${mark}${'x'.repeat(500_000)}` },
    { topic, key: null, value: null },
  ]);
};

const partitions: Run = async (bench) => {
  const { partitions: count, topic } = bench.subject;
  const records = Array.from(
    { length: count + 1 },
    (_, partition): ProducerRecord => ({
      topic,
      partition,
      key: 'k',
      value: `${bench.mark}to ${partition}`,
    }),
  );
  const all = await bench.deliver(records);
  for (const [partition, delivery] of all.entries()) {
    const expected = partition < count ? 'delivered' : 'failed';
    if (delivery.outcome !== undefined && delivery.outcome.status !== expected) {
      bench.problems.add(
        `says '${delivery.outcome.status}' of a record to partition ${partition} of ${count}, not '${expected}'`,
        nameOf(delivery),
      );
    }
  }
};

const keys: Run = async (bench) => {
  if (bench.subject.features?.ownPartitioner) return;
  const keyed = await bench.mustDeliver(
    bench.records(40).map((record, i) => ({ ...record, key: `key ${i}` })),
  );
  for (const delivery of keyed) {
    const { key } = delivery.record;
    const expected = key === null ? undefined : keyPartition(key, bench.subject.partitions);
    if (delivery.outcome?.status === 'delivered' && delivery.outcome.partition !== expected) {
      bench.problems.add(
        `delivered a key to another partition than Java's client does (murmur2)`,
        nameOf(delivery),
      );
    }
  }
  const keyless = await bench.mustDeliver(bench.records(20, { key: null }).map(unlike));
  const used = new Set(
    keyless.map(({ outcome }) => (outcome?.status === 'delivered' ? outcome.partition : -1)),
  );
  // More than one attempt may stick to more than one.
  const tries = Math.max(...keyless.map(({ attempts }) => attempts));
  if (used.size > tries)
    bench.problems.add(`spread a batch without keys over ${used.size} partitions; it sticks to one`);
};

const unlike = (record: ProducerRecord, i: number): ProducerRecord => ({
  ...record,
  headers: { number: `${i}` },
});

const order: Run = async (bench) => {
  const all: Delivery[] = [];
  for (const record of bench.records(10, { key: 'one key' }))
    all.push(...(await bench.mustDeliver([record])));
  checkOffsets(bench, all);
};

const manyCalls: Run = async (bench) => {
  const all = bench.deliveries(bench.records(300));
  for (let i = 0; i < all.length; i += 10) bench.send(all.slice(i, i + 10));
  await bench.settled(all);
};

const again: Run = async (bench) => {
  const all = bench.deliveries(bench.records(5));
  for (let i = 0; i < 3; i++) {
    bench.send(all);
    await bench.settled(all);
  }
};

const tooLargeTogether: Run = async (bench) => {
  const { maxBatchBytes = defaultMaxBatchBytes } = bench.subject;
  const value = (i: number): string => `${bench.mark}${i} ${'x'.repeat(Math.floor(maxBatchBytes / 10))}`;
  const records = bench
    .records(25, { key: null, partition: 0 })
    .map((record, i): ProducerRecord => ({ ...record, value: value(i) }));
  const all = await bench.deliver(records);
  const refused = all.find(({ outcome }) => outcome?.status !== 'delivered');
  if (refused !== undefined) {
    bench.problems.add(
      `did not deliver records that are too large only together (${maxBatchBytes} bytes are the limit of a batch); send them in several`,
      nameOf(refused).slice(0, 100),
    );
  }
  checkOffsets(bench, all);
};

/** Offsets of one lane count up in the order of the batch, unless something had to be tried again. */
function checkOffsets(bench: AdapterBench, deliveries: readonly Delivery[]): void {
  if (!bench.adapter.capabilities.offsets || deliveries.some(({ attempts }) => attempts > 1)) return;
  const last = new Map<number, number>();
  const seen = new Set<string>();
  for (const delivery of deliveries) {
    const { outcome, lane } = delivery;
    if (outcome?.status !== 'delivered') continue;
    const place = `${outcome.partition}/${outcome.offset}`;
    if (seen.has(place))
      bench.problems.add('gave two records the same offset of one partition', nameOf(delivery));
    seen.add(place);
    if (outcome.offset < (last.get(lane) ?? -1))
      bench.problems.add('delivered a lane out of order', nameOf(delivery));
    last.set(lane, outcome.offset);
  }
}
