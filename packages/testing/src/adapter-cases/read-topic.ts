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

/**
 * Everything a topic holds, by partition and offset, read without any of the clients under test. For brokers without TLS.
 * Rejects when a partition has no leader or an answer an error.
 */
export async function readTopic(brokers: readonly string[], topic: string): Promise<ReadRecord[]> {
  const records: ReadRecord[] = [];
  await scanTopic(brokers, topic, (record) => records.push(record));
  return records;
}

/** The same, a record at a time: for a topic that does not fit into memory. */
export async function scanTopic(
  brokers: readonly string[],
  topic: string,
  visit: (record: ReadRecord) => void,
): Promise<void> {
  const leaders = await leadersOf(brokers, topic);
  for (const [partition, address] of leaders.entries()) await scanPartition(address, topic, partition, visit);
}

/** `host:port` of each partition's leader. */
async function leadersOf(brokers: readonly string[], topic: string): Promise<string[]> {
  const { nodes, partitions, error } = await metadataOfAny(brokers, topic);
  if (error !== 0) throw new Error(`reading ${topic} back: metadata has error ${error}`);
  return [...partitions]
    .sort((one, other) => one.partition - other.partition)
    .map(({ partition, leader }) => {
      const address = nodes.get(leader);
      if (address === undefined)
        throw new Error(`reading ${topic} back: partition ${partition} has no leader`);
      return address;
    });
}

async function scanPartition(
  address: string,
  topic: string,
  partition: number,
  visit: (record: ReadRecord) => void,
): Promise<void> {
  for (let next = 0; ; ) {
    const { end, batches } = await fetch(address, topic, partition, next);
    // A batch is sent whole, also when the offset asked for lies within it.
    const fresh = batches.filter(({ offset }) => offset >= next);
    for (const record of fresh) visit({ ...record, partition });
    const last = fresh.at(-1);
    if (last === undefined || last.offset + 1 >= end) return;
    next = last.offset + 1;
  }
}

async function fetch(
  address: string,
  topic: string,
  partition: number,
  offset: number,
): Promise<{ end: number; batches: StoredRecord[] }> {
  const answer = await ask(address, fetchKey, fetchVersion, (writer) => {
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
        return { end, batches: readBatches(answer.bytes()) };
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
