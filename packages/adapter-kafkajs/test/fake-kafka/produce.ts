import { readRecordBatch, WireReader, WireWriter } from '@holdfast/testing';
import type { FakeBrokers } from './fake-brokers.js';
import type { Answer, PartitionReaction, Produced, Reaction } from './reaction.js';

export const produceKey = 0;

interface Asked {
  readonly node: number;
  readonly version: number;
}

/** The response for one partition. */
interface Written {
  readonly one: Produced;
  readonly reaction: PartitionReaction;
  readonly offset: number | { readonly error: number };
}

export function produceAnswer(
  kafka: FakeBrokers,
  { node, version }: Asked,
  reader: WireReader,
  writer: WireWriter,
): Answer {
  reader.compact = writer.compact = version >= 9;
  reader.tags();
  reader.string(); // transactional id
  const acks = reader.int16();
  reader.int32(); // timeout
  const request = producedBy(reader, node, version);
  const reaction: Reaction = kafka.reactTo(request);
  if (reaction === 'lose') return 'close';
  const reactions = typeof reaction === 'string' ? [] : reaction;
  const written = request.map((one, index) => writtenBy(kafka, one, reactions[index] ?? 0));
  if (typeof reaction === 'string') return reaction === 'write and lose' ? 'close' : 'hang';
  return acks === 0 ? 'none' : answer(kafka, written, writer, version);
}

function producedBy(reader: WireReader, node: number, version: number): Produced[] {
  const topics = reader.array(() => {
    const topic = reader.string() ?? '';
    const partitions = reader.array((): Produced => {
      const partition = reader.int32();
      const { producerId, firstSequence, records } = readRecordBatch(new WireReader(reader.bytes()));
      const values = records.map(({ value }) => value?.toString() ?? null);
      reader.tags();
      return { node, version, topic, partition, producerId, firstSequence, values, records };
    });
    reader.tags();
    return partitions;
  });
  return topics.flat();
}

function writtenBy(kafka: FakeBrokers, one: Produced, reaction: PartitionReaction): Written {
  const error = typeof reaction === 'object' ? reaction.error : reaction;
  const isWritten = error === 0 || error === 'leave out';
  return { one, reaction, offset: isWritten ? kafka.append(one) : { error } };
}

function answer(
  kafka: FakeBrokers,
  written: readonly Written[],
  writer: WireWriter,
  version: number,
): Buffer {
  writer.tags(); // of the head
  writer.array(
    written.filter(({ reaction }) => reaction !== 'leave out'),
    ({ one, reaction, offset }) => {
      const { blamed = [], leader } = typeof reaction === 'object' ? reaction : {};
      writer.string(one.topic).array([one.partition], (partition) => {
        writer.int32(partition).int16(typeof offset === 'number' ? 0 : offset.error);
        writer.int64(typeof offset === 'number' ? BigInt(offset) : -1n).int64(-1n);
        if (version >= 5) writer.int64(0n);
        if (version >= 8) {
          writer.array(blamed, (index) => writer.int32(index).string(`record ${index} is wrong`).tags());
          writer.string(null);
        }
        writer.tags(leader === undefined ? {} : { 0: leaderField(leader) });
      });
      writer.tags();
    },
  );
  writer.int32(kafka.throttleMs);
  const named = written.some(({ reaction }) => typeof reaction === 'object' && reaction.leader !== undefined);
  return writer.tags(named ? { 0: nodesField(kafka) } : {}).done();
}

function leaderField(leader: number): Buffer {
  const writer = compactWriter();
  return writer.int32(leader).int32(7).tags().done();
}

function nodesField(kafka: FakeBrokers): Buffer {
  const writer = compactWriter();
  writer.array([...kafka.ports], ([node, port]) =>
    writer.int32(node).string('127.0.0.1').int32(port).string(null).tags(),
  );
  return writer.done();
}

function compactWriter(): WireWriter {
  const writer = new WireWriter();
  writer.compact = true;
  return writer;
}
