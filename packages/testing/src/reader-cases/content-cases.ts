import assert from 'node:assert/strict';
import type { ConsumedRecord } from '@holdfast/core';
import type { ReaderCase, WrittenRecord } from './reader-case.js';

const timestamp = Date.UTC(2026, 0, 1);
const patienceMs = 30_000;

/** Each kind of key, value and header in turn, so that every partition has all. */
function recordsFor(topic: string, partition: number, count: number): WrittenRecord[] {
  return Array.from({ length: count }, (_, index) => ({
    topic,
    partition,
    timestamp: timestamp + index,
    key:
      [null, Buffer.from([0, 0, 0, 0]), Buffer.from([0xff, partition, index & 0xff]), Buffer.alloc(0)][
        index % 4
      ] ?? null,
    value: [Buffer.from(`v${index}`), null, Buffer.alloc(0), Buffer.from([0x80, 0, 0xff])][index % 4] ?? null,
    headers:
      [
        {},
        { one: Buffer.from('a\0text') },
        { many: [Buffer.from([0xff]), Buffer.alloc(0), Buffer.from('c')], ключ: Buffer.from('d') },
      ][index % 3] ?? {},
  }));
}

export const readAll = async (reader: AsyncIterable<ConsumedRecord>): Promise<ConsumedRecord[]> => {
  const records: ConsumedRecord[] = [];
  for await (const record of reader) records.push(record);
  return records;
};

const offsetsOf = (records: readonly ConsumedRecord[]): string[] =>
  records.map(({ partition, offset }) => `${partition}/${offset}`);

const textOf = (records: readonly ConsumedRecord[]): string[] =>
  records.map(({ value }) => Buffer.from(value ?? []).toString());

/** Whatever a topic holds. */
export const contentCases: readonly ReaderCase[] = [
  {
    name: 'an empty topic ends at once',
    cluster: 'plain',
    async run({ read, settings, topic }) {
      assert.deepEqual(
        await readAll(read(settings, await topic({ partitions: 3 }), { timeoutMs: 5_000 })),
        [],
      );
    },
  },
  {
    name: 'three partitions with every kind of key, value and header, byte for byte',
    cluster: 'plain',
    async run({ read, settings, topic, write }) {
      const name = await topic({ partitions: 3 });
      const written = [0, 1, 2].flatMap((partition) => recordsFor(name, partition, 1_000));
      await write(written);
      const expected = written.map((record, index) => ({ ...record, offset: index % 1_000 }));
      assert.deepEqual(await readAll(read(settings, name)), expected);
    },
  },
  {
    name: 'from offsets; a partition that is not named from its beginning',
    cluster: 'plain',
    async run({ read, settings, topic, write }) {
      const name = await topic({ partitions: 3 });
      await write([0, 1, 2].flatMap((partition) => recordsFor(name, partition, 5)));
      const found = await readAll(read(settings, name, { from: { 0: 3, 1: 5 } }));
      assert.deepEqual(offsetsOf(found), ['0/3', '0/4', '2/0', '2/1', '2/2', '2/3', '2/4']);
    },
  },
  {
    name: 'what is written while it reads is not waited for',
    cluster: 'plain',
    async run({ read, settings, topic, write }) {
      const name = await topic({ partitions: 2 });
      const some = [0, 1].flatMap((partition) => recordsFor(name, partition, 3));
      await write(some);
      const reader = read(settings, name);
      const first = await reader.next();
      await write(some);
      const rest = await readAll(reader);
      assert.equal(first.done, false);
      assert.deepEqual(offsetsOf(rest), ['0/1', '0/2', '1/0', '1/1', '1/2']);
    },
  },
  {
    name: 'transactions: those that were aborted are not there, and a mark at the end is not waited for',
    cluster: 'plain',
    async run({ read, settings, topic, transact }) {
      const name = await topic();
      await transact(settings.brokers, name, [
        { values: ['a', 'b'], commit: true },
        { values: ['c', 'd'], commit: false },
        { values: ['e'], commit: false },
        { values: ['f'], commit: true },
      ]);
      // A commit has returned before the partition has its mark: until then the reader takes the record for open.
      const deadline = performance.now() + patienceMs;
      let found: ConsumedRecord[];
      do found = await readAll(read(settings, name, { timeoutMs: 5_000 }));
      while (found.length < 3 && performance.now() < deadline);
      assert.deepEqual(textOf(found), ['a', 'b', 'f']);
      assert.deepEqual(offsetsOf(found), ['0/0', '0/1', '0/8']);
      await transact(settings.brokers, name, [{ values: ['g'], commit: false }]);
      assert.deepEqual(textOf(await readAll(read(settings, name, { from: { 0: 8 }, timeoutMs: 5_000 }))), [
        'f',
      ]);
    },
  },
];
