import { defaultPartitioner, type Partitioner, type ProducerRecord } from '@holdfast/core';
import type { Delivery } from '@holdfast/core/stage';
import { checkSeeds, createDelivery, seededRandom } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { readVectors } from '../../test/vectors.js';
import { batchByPartition, type BatchedDeliveries, type BatchingContext } from './batching.js';
import { MetadataCache } from '../cluster/metadata-cache.js';

const settle = (): void => undefined;

function metadata(leaders: readonly number[], topicErrorCode = 0): MetadataCache {
  const known = new MetadataCache();
  const partitionMetadata = leaders.map((leader, partitionId) => ({ leader, partitionId }));
  known.update([{ topic: 't', topicErrorCode, partitionMetadata }], 0);
  return known;
}

const context: BatchingContext = {
  metadata: metadata([1, 1, 1, 1, 1, 1, 1]),
  partitioner: undefined,
  byDefault: defaultPartitioner(seededRandom(1)),
  batchNumber: 1,
  maxRecords: 1_000,
  maxBytes: 1_000_000,
  mayCreate: false,
  now: 10_000,
  final: false,
};

function run(
  records: readonly Partial<ProducerRecord>[],
  more: Partial<BatchingContext> = {},
): BatchedDeliveries {
  const batch: Delivery[] = records.map((record) => createDelivery({ topic: 't', value: 'v', ...record }));
  return batchByPartition(batch, settle, { ...context, ...more });
}

const codes = ({ refused }: BatchedDeliveries): unknown[] =>
  refused.map(({ outcome }) => (outcome !== undefined && 'error' in outcome ? outcome.error.code : outcome));

describe('the partition of a record', () => {
  it("is Java's, for every key of the vectors, over 7 partitions", () => {
    const vectors = readVectors();
    expect(vectors).toHaveLength(483);
    const { batches } = run(vectors.map(({ key }) => ({ key: Buffer.from(key, 'hex'), headers: { key } })));
    const placed = new Map(
      batches.flatMap((batch) =>
        batch.deliveries.map(({ record }) => [record.headers['key'], batch.partition]),
      ),
    );
    expect(vectors.filter(({ key, of7 }) => placed.get(key) !== of7)).toEqual([]);
  });

  it('is the one that the record names, with a key or without', () => {
    expect(
      run([{ partition: 6 }, { partition: 0, key: 'k' }]).batches.map((batch) => batch.partition),
    ).toEqual([6, 0]);
  });

  it('is one for all records without a key, among those that have a leader', async () => {
    const leaders = [-1, 3, -1, -1];
    const check = (seed: number): void => {
      const byDefault = defaultPartitioner(seededRandom(seed));
      const { batches } = run(
        Array.from({ length: 50 }, () => ({})),
        { metadata: metadata(leaders), byDefault },
      );
      expect(batches.map((batch) => [batch.partition, batch.deliveries.length])).toEqual([[1, 50]]);
    };
    await checkSeeds(check, { runs: 20 });
  });

  it("is chosen by the user's partitioner, which may fail for one record alone", () => {
    const partitioner: Partitioner = ({ value }) => {
      const text = Buffer.from(value ?? []).toString();
      if (text === 'throw') throw new Error('no idea');
      return Number(text);
    };
    const result = run(
      ['3', '7', '-1', '0.5', 'NaN', 'throw', '0'].map((value) => ({ value })),
      { partitioner },
    );
    expect(result.batches.map((batch) => batch.partition)).toEqual([3, 0]);
    expect(codes(result)).toEqual(Array.from({ length: 5 }, () => 'UNKNOWN_PARTITION'));
    expect(result.awaitingMetadata).toEqual([]);
  });

  it("is the default where the user's partitioner returns `undefined`", () => {
    const partitioner: Partitioner = ({ key }) => (key === null ? undefined : 6);
    const byDefault = defaultPartitioner(() => 0);
    const { batches } = run([{ key: 'k' }, {}, {}], { partitioner, byDefault });
    expect(batches.map((batch) => [batch.partition, batch.deliveries.length])).toEqual([
      [6, 1],
      [0, 2],
    ]);
  });

  it.each<[string, Partitioner]>([
    ['it itself', defaultPartitioner(seededRandom(3))],
    [
      'a fallback on it',
      (
        (fallback) => (record, topic) =>
          fallback(record, topic)
      )(defaultPartitioner(seededRandom(3))),
    ],
  ])("spreads batches without keys when the default is given as the user's: %s", (_, partitioner) => {
    const chosen = Array.from({ length: 60 }, (_, batchNumber) => {
      const { batches } = run([{}, {}, {}], { partitioner, batchNumber });
      expect(batches).toHaveLength(1);
      return batches[0]?.partition;
    });
    expect(new Set(chosen).size).toBe(7);
  });
});

describe('an unknown topic or partition', () => {
  it('is requested before it is refused', () => {
    const unknown = [{ topic: 'other' }, { partition: 7 }];
    const first = run(unknown);
    expect(first.awaitingMetadata).toHaveLength(2);
    expect(first.refused).toEqual([]);
    expect(codes(run(unknown, { final: true }))).toEqual(['UNKNOWN_TOPIC', 'UNKNOWN_PARTITION']);
  });

  it('is refused at once when the metadata is less than 100 ms old', () => {
    expect(codes(run([{}], { metadata: metadata([], 3), now: 99 }))).toEqual(['UNKNOWN_TOPIC']);
    expect(run([{}], { metadata: metadata([], 3), now: 100 }).awaitingMetadata).toHaveLength(1);
  });

  it("fails with the broker's reason", () => {
    const result = run([{}], { metadata: metadata([], 29), final: true });
    expect(codes(result)).toEqual(['AUTHORIZATION_FAILED']);
  });
});

describe('batches', () => {
  it('keep deadlines that are far apart from each other, and the records of a lane in order', () => {
    const now = 10_000;
    const deliveriesOf = (...all: readonly [key: string | null, leftMs: number][]): string[][] => {
      const deliveries = all.map(([key, leftMs], index) =>
        createDelivery(
          { topic: 't', value: `${key ?? ''}${index}:${leftMs}`, key },
          { deadline: now + leftMs },
        ),
      );
      const { batches } = batchByPartition(deliveries, settle, { ...context, metadata: metadata([1]), now });
      expect(batches[0]?.successors() ?? []).toEqual(batches.slice(1));
      return batches.map((batch) => batch.deliveries.map(({ record }) => String(record.value)));
    };
    // Near each other, together; what is nearly over, too.
    expect(deliveriesOf([null, 120_000], [null, 61_000], [null, 240_000])).toHaveLength(1);
    expect(deliveriesOf([null, 1], [null, 900], [null, -50], [null, 1_000])).toHaveLength(1);
    expect(deliveriesOf([null, Infinity], [null, Infinity])).toHaveLength(1);
    // Far apart.
    expect(
      deliveriesOf([null, 120_000], [null, 500], [null, 120_000], [null, Infinity], [null, 400]),
    ).toEqual([['0:120000', '2:120000'], ['1:500', '4:400'], ['3:Infinity']]);
    // Keys keep their order; other records go where they fit.
    expect(
      deliveriesOf(['a', 120_000], ['b', 500], ['b', 120_000], ['a', 120_000], ['b', 500], ['c', 500]),
    ).toEqual([['a0:120000'], ['b1:500'], ['b2:120000', 'a3:120000'], ['b4:500', 'c5:500']]);
  });

  it('have at most so many records and bytes; those of one partition are linked', () => {
    const { batches } = run(
      Array.from({ length: 25 }, () => ({ partition: 2 })),
      { maxRecords: 10 },
    );
    expect(batches.map(({ deliveries, isSuccessor }) => [deliveries.length, isSuccessor])).toEqual([
      [10, false],
      [10, true],
      [5, true],
    ]);
    expect(batches[0]?.successors()).toEqual(batches.slice(1));
    const bytes = run(
      Array.from({ length: 4 }, () => ({ partition: 2, value: 'x'.repeat(100) })),
      { maxBytes: 250 },
    );
    expect(bytes.batches.map(({ deliveries }) => deliveries.length)).toEqual([2, 2]);
  });

  it('contain a record that is larger than that alone', () => {
    const { batches } = run(
      [
        { partition: 0, value: 'x' },
        { partition: 0, value: 'x'.repeat(500) },
      ],
      { maxBytes: 100 },
    );
    expect(batches.map(({ deliveries }) => deliveries.length)).toEqual([1, 1]);
  });

  it('are smaller for a topic that refused a larger one', () => {
    const known = metadata([1]);
    known.lowerBatchLimit('t', 200);
    const { batches } = run(
      Array.from({ length: 4 }, () => ({ value: 'x'.repeat(80) })),
      { metadata: known },
    );
    expect(batches.map(({ deliveries }) => deliveries.length)).toEqual([1, 1, 1, 1]);
  });

  it('keep the records in order, halved or not', () => {
    const { batches } = run(
      Array.from({ length: 5 }, (_, index) => ({ partition: 0, value: String(index) })),
      { maxRecords: 4 },
    );
    const [first] = batches;
    const halves = first?.halves() ?? [];
    const linked = [halves[0], ...(halves[0]?.successors() ?? [])];
    expect(linked.flatMap((batch) => batch?.deliveries.map(({ record }) => String(record.value)))).toEqual([
      '0',
      '1',
      '2',
      '3',
      '4',
    ]);
  });
});
