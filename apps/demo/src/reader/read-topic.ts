import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel, type Admin, type Consumer, type EachBatchPayload, type IHeaders } from 'kafkajs';
import { kafkajsAccess } from '../access.js';
import type { Reading } from './read-back.js';
import type { ReadRecord } from './read-record.js';

const steadyMs = 1_000;
const readTimeoutMs = 60_000;

/** Where a partition begins and ends, according to the broker. */
interface Extent {
  readonly first: number;
  /** The offset after the last record. */
  readonly end: number;
}

type Extents = ReadonlyMap<number, Extent>;

/**
 * Reads all partitions from beginning to end, by partition and offset. Rejects when an offset is
 * missing, so that no record counts as lost because the reader missed it.
 */
export async function readTopic({ topic, access }: Reading): Promise<ReadRecord[]> {
  const kafka = new Kafka({
    ...kafkajsAccess(access),
    clientId: 'demo-reader',
    logLevel: logLevel.NOTHING,
    retry: { retries: 20 },
  });
  const admin = kafka.admin();
  const consumer = kafka.consumer({ groupId: `demo-reader-${topic}`, maxWaitTimeInMs: 100 });
  try {
    await admin.connect();
    const extents = await steadyExtents(admin, topic);
    await consumer.connect();
    return await readUntil(consumer, topic, extents);
  } finally {
    await Promise.allSettled([consumer.disconnect(), admin.disconnect()]);
  }
}

/**
 * Records that a broker took from a dead connection may still be on their way into the log: waits
 * until the ends stop moving.
 */
async function steadyExtents(admin: Admin, topic: string): Promise<Extents> {
  let before = await extentsOf(admin, topic);
  for (;;) {
    await sleep(steadyMs);
    const now = await extentsOf(admin, topic);
    if ([...now].every(([partition, { end }]) => before.get(partition)?.end === end)) return now;
    before = now;
  }
}

async function extentsOf(admin: Admin, topic: string): Promise<Extents> {
  const partitions = await admin.fetchTopicOffsets(topic);
  return new Map(
    partitions.map(({ partition, low, high }) => [partition, { first: Number(low), end: Number(high) }]),
  );
}

async function readUntil(consumer: Consumer, topic: string, extents: Extents): Promise<ReadRecord[]> {
  const read = new Map([...extents.keys()].map((partition) => [partition, [] as ReadRecord[]]));
  const left = new Set(
    [...extents].filter(([, { first, end }]) => end > first).map(([partition]) => partition),
  );
  if (left.size === 0) return [];
  await consumer.subscribe({ topic, fromBeginning: true });
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(notRead(topic, left)), readTimeoutMs);
    consumer.on('consumer.crash', ({ payload }) => {
      if (!payload.restart) reject(payload.error);
    });
    const eachBatch = ({ batch }: EachBatchPayload): Promise<void> => {
      const { partition } = batch;
      const extent = extents.get(partition);
      const records = read.get(partition);
      if (extent === undefined || records === undefined) return Promise.resolve();
      try {
        for (const message of batch.messages) take(records, extent, { topic, partition }, message);
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
      if (extent.first + records.length === extent.end) left.delete(partition);
      if (left.size === 0) {
        clearTimeout(timer);
        resolve();
      }
      return Promise.resolve();
    };
    consumer.run({ autoCommit: false, eachBatch }).catch(reject);
  });
  return [...read.values()].flat();
}

interface Message {
  readonly offset: string;
  readonly timestamp: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: IHeaders;
}

/** Takes the next record of its partition, and skips one seen before (a rebalance reads again). */
function take(
  records: ReadRecord[],
  extent: Extent,
  place: Pick<ReadRecord, 'topic' | 'partition'>,
  { key, value, headers, ...message }: Message,
): void {
  const offset = Number(message.offset);
  const expected = extent.first + records.length;
  if (offset < expected || offset >= extent.end) return;
  if (offset > expected) {
    throw new Error(
      `partition ${place.partition}: offset ${expected} is missing, the next one read is ${offset}`,
    );
  }
  const timestamp = Number(message.timestamp);
  records.push({ ...place, offset, timestamp, key: text(key), value: text(value), headers: pairs(headers) });
}

function text(bytes: Buffer | null): string | null {
  return bytes === null ? null : bytes.toString('latin1');
}

/** A header with several values becomes as many pairs. */
function pairs(headers: IHeaders = {}): [string, string][] {
  return Object.entries(headers).flatMap(([name, values]) =>
    [values ?? []].flat().map((value): [string, string] => [name, value.toString('latin1')]),
  );
}

function notRead(topic: string, left: ReadonlySet<number>): Error {
  return new Error(`partitions ${[...left].join(', ')} of ${topic} were not read within ${readTimeoutMs} ms`);
}
