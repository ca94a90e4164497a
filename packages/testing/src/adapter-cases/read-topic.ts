import { setTimeout as sleep } from 'node:timers/promises';
import { readRecordBatch, type StoredRecord } from '../wire/record-batch.js';
import { WireReader } from '../wire/wire.js';
import { ask } from './ask.js';
import { metadataOfAny } from './cluster-metadata.js';

export interface ReadRecord extends StoredRecord {
  readonly partition: number;
}

const fetchKey = 1;
const fetchVersion = 4;
const maxBytes = 64 * 1024 * 1024;
/** A dead leader is replaced within seconds, by default after 9 s (`broker.session.timeout.ms`). */
const patienceMs = 30_000;
const pauseMs = 100;

/**
 * Resolves with all records of a topic, by partition and offset, read without the clients under
 * test. For brokers without TLS. Waits while leaders move. Rejects after 30,000 ms without a leader
 * of a partition, or with only errors from a broker.
 */
export async function readTopic(brokers: readonly string[], topic: string): Promise<ReadRecord[]> {
  const records: ReadRecord[] = [];
  await scanTopic(brokers, topic, (record) => records.push(record));
  return records;
}

/** The same one record at a time, for a topic that does not fit into memory. */
export async function scanTopic(
  brokers: readonly string[],
  topic: string,
  visit: (record: ReadRecord) => void,
): Promise<void> {
  const leaders = await patiently(() => leadersOf(brokers, topic));
  for (const partition of leaders.keys()) await scanPartition(brokers, topic, partition, visit);
}

async function scanPartition(
  brokers: readonly string[],
  topic: string,
  partition: number,
  visit: (record: ReadRecord) => void,
): Promise<void> {
  for (let next = 0; ; ) {
    const { end, data } = await patiently(async () => {
      const leaders = await leadersOf(brokers, topic);
      return fetch(leaders.get(partition), topic, partition, next);
    });
    // A broker sends whole batches, even if the requested offset is within one.
    const fresh = readBatches(data).filter(({ offset }) => offset >= next);
    for (const record of fresh) visit({ ...record, partition });
    const last = fresh.at(-1);
    if (last === undefined || last.offset + 1 >= end) return;
    next = last.offset + 1;
  }
}

/**
 * Resolves with `host:port` of each partition's leader, in order of partitions; `undefined` for
 * none.
 */
async function leadersOf(
  brokers: readonly string[],
  topic: string,
): Promise<ReadonlyMap<number, string | undefined>> {
  const { nodes, partitions, error } = await metadataOfAny(brokers, topic);
  if (error !== 0) throw new Error(`reading ${topic} back: metadata has error ${error}`);
  const sorted = [...partitions].sort((one, other) => one.partition - other.partition);
  return new Map(sorted.map(({ partition, leader }) => [partition, nodes.get(leader)]));
}

async function patiently<T>(attempt: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await sleep(pauseMs);
    }
  }
}

async function fetch(
  leader: string | undefined,
  topic: string,
  partition: number,
  offset: number,
): Promise<{ end: number; data: Buffer }> {
  if (leader === undefined) throw new Error(`reading ${topic} back: partition ${partition} has no leader`);
  const answer = await ask(leader, fetchKey, fetchVersion, (writer) => {
    writer.int32(-1).int32(100).int32(0).int32(maxBytes).int8(0); // no replica; wait, at least, at most; uncommitted too
    writer.array([topic], (name) => {
      writer.string(name);
      writer.array([partition], (id) => writer.int32(id).int64(BigInt(offset)).int32(maxBytes));
    });
  });
  answer.int32(); // throttle
  const [part] = answer
    .array(() => {
      answer.string();
      return answer.array(() => {
        answer.int32();
        const error = answer.int16();
        if (error !== 0)
          throw new Error(`reading ${topic}/${partition} back: the broker answered error ${error}`);
        const end = Number(answer.int64());
        answer.int64(); // the last stable offset
        answer.array(() => answer.skip(16)); // aborted transactions
        return { end, data: answer.bytes() };
      });
    })
    .flat();
  if (part === undefined) throw new Error(`reading ${topic}/${partition} back: the answer is empty`);
  return part;
}

/** The last batch may be cut off. */
function readBatches(data: Buffer): StoredRecord[] {
  const records: StoredRecord[] = [];
  const reader = new WireReader(data);
  for (
    let at = 0;
    data.length - at >= 12 && data.length - at >= 12 + data.readInt32BE(at + 8);
    at = data.length - reader.left
  )
    for (const record of readRecordBatch(reader).records) records.push(record);
  return records;
}
