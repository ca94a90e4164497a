import { ProtocolReader } from './protocol-reader.js';
import { isFlexible } from './versions.js';

export interface PartitionResponse {
  readonly partition: number;
  readonly errorCode: number;
  /** -1 when nothing was written. */
  readonly baseOffset: number;
  /** Ms since 1970; -1 unless the topic's timestamps are those of the append. */
  readonly logAppendTime: number;
  /** The records for which the batch was refused. */
  readonly recordErrors: readonly RecordError[];
  /** Node id of the partition's current leader; `undefined`: not reported. */
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
  /** How long a quota holds the client back, ms. */
  readonly throttleMs: number;
  /** Addresses of the leaders that the partitions name. */
  readonly nodes: readonly NodeAddress[];
}

/** Tags of tagged fields. */
const currentLeader = 0;
const nodeEndpoints = 0;

/** Throws a `RangeError` when the response is cut off. */
export function decodeProduceResponse(payload: Buffer, version: number): ProduceResponse {
  const reader = new ProtocolReader(payload, isFlexible(version));
  reader.skipTags(); // of the header
  const topics = reader.array(() => {
    const name = reader.text() ?? '';
    const partitions = reader.array(() => partitionResponse(reader, version));
    reader.skipTags();
    return { name, partitions };
  });
  const throttleMs = reader.int32();
  let nodes: readonly NodeAddress[] = [];
  reader.tags((tag) => {
    if (tag === nodeEndpoints) nodes = reader.array(() => nodeAddress(reader));
  });
  return { topics, throttleMs, nodes };
}

function partitionResponse(reader: ProtocolReader, version: number): PartitionResponse {
  const partition = reader.int32();
  const errorCode = reader.int16();
  const baseOffset = reader.int64();
  const logAppendTime = reader.int64();
  if (version >= 5) reader.int64(); // log start offset
  let recordErrors: readonly RecordError[] = [];
  if (version >= 8) {
    recordErrors = reader.array(() => recordError(reader));
    reader.text(); // error message of the batch
  }
  let leader: number | undefined;
  reader.tags((tag) => {
    if (tag === currentLeader) leader = currentLeaderOf(reader);
  });
  return { partition, errorCode, baseOffset, logAppendTime, recordErrors, leader };
}

function recordError(reader: ProtocolReader): RecordError {
  const index = reader.int32();
  const message = reader.text();
  reader.skipTags();
  return { index, message };
}

function currentLeaderOf(reader: ProtocolReader): number | undefined {
  const nodeId = reader.int32();
  reader.int32(); // epoch
  reader.skipTags();
  return nodeId < 0 ? undefined : nodeId;
}

function nodeAddress(reader: ProtocolReader): NodeAddress {
  const nodeId = reader.int32();
  const host = reader.text() ?? '';
  const port = reader.int32();
  reader.text(); // rack
  reader.skipTags();
  return { nodeId, host, port };
}
