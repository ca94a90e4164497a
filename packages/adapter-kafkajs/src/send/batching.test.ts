import { defaultPartitioner, type Partitioner, type ProducerRecord } from '@holdfast/core';
import type { Delivery } from '@holdfast/core/stage';
import { checkSeeds, createDelivery, seededRandom } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { readVectors } from '../../test/vectors.js';
import { partition, type Partitioned, type PartitioningContext } from './batching.js';
import { TopicTable } from '../cluster/metadata-cache.js';

const settle = (): void => undefined;

function table(leaders: readonly number[], topicErrorCode = 0): TopicTable {
  const known = new TopicTable();
  const partitionMetadata = leaders.map((leader, partitionId) => ({ leader, partitionId }));
  known.apply([{ topic: 't', topicErrorCode, partitionMetadata }], 0);
  return known;
}

function run(
  records: readonly Partial<ProducerRecord>[],
  more: Partial<PartitioningContext> = {},
): Partitioned {
  const batch: Delivery[] = records.map((record) => createDelivery({ topic: 't', value: 'v', ...record }));
  return partition(batch, settle, {
    table: table([1, 1, 1, 1, 1, 1, 1]),
    partitioner: undefined,
    byDefault: defaultPartitioner(seededRandom(1)),
    batchNumber: 1,
    maxRecords: 1_000,
    maxBytes: 1_000_000,
    mayCreate: false,
    now: 10_000,
    final: false,
    ...more,
  });
}

const codes = ({ refused }: Partitioned): unknown[] =>
  refused.map(({ outcome }) => (outcome !== undefined && 'error' in outcome ? outcome.error.code : outcome));

describe('the partition of a record', () => {
  it("is Java's, for every key of the vectors, over 7 partitions", () => {
    const vectors = readVectors();
    expect(vectors).toHaveLength(483);
    const { lots } = run(vectors.map(({ key }) => ({ key: Buffer.from(key, 'hex'), headers: { key } })));
    const placed = new Map(
      lots.flatMap((lot) => lot.deliveries.map(({ record }) => [record.headers['key'], lot.partition])),
    );
    expect(vectors.filter(({ key, of7 }) => placed.get(key) !== of7)).toEqual([]);
  });

  it('is the one asked for, key or not', () => {
    expect(run([{ partition: 6 }, { partition: 0, key: 'k' }]).lots.map((lot) => lot.partition)).toEqual([
      6, 0,
    ]);
  });

  it('sticks for a batch without keys, among those that have a leader', async () => {
    const leaders = [-1, 3, -1, -1];
    const check = (seed: number): void => {
      const byDefault = defaultPartitioner(seededRandom(seed));
      const { lots } = run(
        Array.from({ length: 50 }, () => ({})),
        { table: table(leaders), byDefault },
      );
      expect(lots.map((lot) => [lot.partition, lot.deliveries.length])).toEqual([[1, 50]]);
    };
    await checkSeeds(check, { runs: 20 });
  });

  it("is the user's partitioner's, which may fail for one record alone", () => {
    const partitioner: Partitioner = ({ value }) => {
      const text = Buffer.from(value ?? []).toString();
      if (text === 'throw') throw new Error('no idea');
      return Number(text);
    };
    const result = run(
      ['3', '7', '-1', '0.5', 'NaN', 'throw', '0'].map((value) => ({ value })),
      { partitioner },
    );
    expect(result.lots.map((lot) => lot.partition)).toEqual([3, 0]);
    expect(codes(result)).toEqual(Array.from({ length: 5 }, () => 'UNKNOWN_PARTITION'));
    expect(result.unresolved).toEqual([]);
  });

  it("is the default's where the user's partitioner has no answer", () => {
    const partitioner: Partitioner = ({ key }) => (key === null ? undefined : 6);
    const byDefault = defaultPartitioner(() => 0);
    const { lots } = run([{ key: 'k' }, {}, {}], { partitioner, byDefault });
    expect(lots.map((lot) => [lot.partition, lot.deliveries.length])).toEqual([
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
      const { lots } = run([{}, {}, {}], { partitioner, batchNumber });
      expect(lots).toHaveLength(1);
      return lots[0]?.partition;
    });
    expect(new Set(chosen).size).toBe(7);
  });
});

describe('a topic or partition that is not known', () => {
  it('is asked for before it is refused', () => {
    const unknown = [{ topic: 'other' }, { partition: 7 }];
    const first = run(unknown);
    expect(first.unresolved).toHaveLength(2);
    expect(first.refused).toEqual([]);
    expect(codes(run(unknown, { final: true }))).toEqual(['UNKNOWN_TOPIC', 'UNKNOWN_PARTITION']);
  });

  it('is refused at once when the answer is less than 100 ms old', () => {
    expect(codes(run([{}], { table: table([], 3), now: 99 }))).toEqual(['UNKNOWN_TOPIC']);
    expect(run([{}], { table: table([], 3), now: 100 }).unresolved).toHaveLength(1);
  });

  it("fails with the broker's reason", () => {
    const result = run([{}], { table: table([], 29), final: true });
    expect(codes(result)).toEqual(['AUTHORIZATION_FAILED']);
  });
});

describe('lots', () => {
  it('have so many records and bytes at most; those of one partition form a line', () => {
    const { lots } = run(
      Array.from({ length: 25 }, () => ({ partition: 2 })),
      { maxRecords: 10 },
    );
    expect(lots.map(({ deliveries, follows }) => [deliveries.length, follows])).toEqual([
      [10, false],
      [10, true],
      [5, true],
    ]);
    expect(lots[0]?.followers()).toEqual(lots.slice(1));
    const bytes = run(
      Array.from({ length: 4 }, () => ({ partition: 2, value: 'x'.repeat(100) })),
      { maxBytes: 250 },
    );
    expect(bytes.lots.map(({ deliveries }) => deliveries.length)).toEqual([2, 2]);
  });

  it('hold a record that is larger than that alone', () => {
    const { lots } = run(
      [
        { partition: 0, value: 'x' },
        { partition: 0, value: 'x'.repeat(500) },
      ],
      { maxBytes: 100 },
    );
    expect(lots.map(({ deliveries }) => deliveries.length)).toEqual([1, 1]);
  });

  it('are smaller for a topic that refused larger ones', () => {
    const known = table([1]);
    known.refused('t', 200);
    const { lots } = run(
      Array.from({ length: 4 }, () => ({ value: 'x'.repeat(80) })),
      { table: known },
    );
    expect(lots.map(({ deliveries }) => deliveries.length)).toEqual([1, 1, 1, 1]);
  });

  it('keep the records in their order, halved or not', () => {
    const { lots } = run(
      Array.from({ length: 5 }, (_, index) => ({ partition: 0, value: String(index) })),
      { maxRecords: 4 },
    );
    const [first] = lots;
    const halves = first?.halves() ?? [];
    const line = [halves[0], ...(halves[0]?.followers() ?? [])];
    expect(line.flatMap((lot) => lot?.deliveries.map(({ record }) => String(record.value)))).toEqual([
      '0',
      '1',
      '2',
      '3',
      '4',
    ]);
  });
});
