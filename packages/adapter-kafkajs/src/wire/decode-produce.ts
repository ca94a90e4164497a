import { ProtocolReader } from './protocol-reader.js';
import { isFlexible } from './versions.js';

export interface PartitionResponse {
  readonly partition: number;
  readonly errorCode: number;
  /** -1 when nothing was written. */
  readonly baseOffset: number;
  /** Ms since 1970; -1 unless the topic's timestamps are those of the append. */
  readonly logAppendTime: number;
  /** Places in the batch of the records that are to blame. */
  readonly recordErrors: readonly RecordError[];
  /** Node id of who leads the partition now; `undefined`: not told. */
  readonly leader: number | undefined;
}

export interface RecordError {
  readonly index: number;
  readonly message: string | undefined;
}

export interface NodeAddress {
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
}

export interface ProduceResponse {
  readonly topics: readonly { readonly name: string; readonly partitions: readonly PartitionResponse[] }[];
  /** For how long a quota holds the client back, ms. */
  readonly throttleMs: number;
  /** Where the leaders are that the partitions name. */
  readonly nodes: readonly NodeAddress[];
}

/** Numbers of tagged fields. */
const currentLeader = 0;
const nodeEndpoints = 0;

/** Throws a `RangeError` when it is cut off. */
export function decodeProduceResponse(payload: Buffer, version: number): ProduceResponse {
  const input = new ProtocolReader(payload, isFlexible(version));
  input.skipTags(); // of the head
  const topics = input.array(() => {
    const name = input.text() ?? '';
    const partitions = input.array(() => partitionAnswer(input, version));
    input.skipTags();
    return { name, partitions };
  });
  const throttleMs = input.int32();
  let nodes: readonly NodeAddress[] = [];
  input.tags((tag) => {
    if (tag === nodeEndpoints) nodes = input.array(() => nodeAddress(input));
  });
  return { topics, throttleMs, nodes };
}

function partitionAnswer(input: ProtocolReader, version: number): PartitionResponse {
  const partition = input.int32();
  const errorCode = input.int16();
  const baseOffset = input.int64();
  const logAppendTime = input.int64();
  if (version >= 5) input.int64(); // where the log begins
  let recordErrors: readonly RecordError[] = [];
  if (version >= 8) {
    recordErrors = input.array(() => recordError(input));
    input.text(); // what the batch is refused for
  }
  let leader: number | undefined;
  input.tags((tag) => {
    if (tag === currentLeader) leader = currentLeaderOf(input);
  });
  return { partition, errorCode, baseOffset, logAppendTime, recordErrors, leader };
}

function recordError(input: ProtocolReader): RecordError {
  const index = input.int32();
  const message = input.text();
  input.skipTags();
  return { index, message };
}

function currentLeaderOf(input: ProtocolReader): number | undefined {
  const nodeId = input.int32();
  input.int32(); // epoch
  input.skipTags();
  return nodeId < 0 ? undefined : nodeId;
}

function nodeAddress(input: ProtocolReader): NodeAddress {
  const nodeId = input.int32();
  const host = input.text() ?? '';
  const port = input.int32();
  input.text(); // rack
  input.skipTags();
  return { nodeId, host, port };
}
