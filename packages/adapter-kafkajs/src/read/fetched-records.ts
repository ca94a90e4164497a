import type { FetchResponse, FetchedMessage } from '../client/kafkajs-types.js';
import type { ConsumedRecord, Headers } from '@holdfast/core';
import { collectHeaders, type ReadPart } from '@holdfast/core/adapter';

type FetchedPartition = FetchResponse['responses'][number]['partitions'][number];

const abortedType = 0;

/**
 * Returns the records of one response from `offset` on, without transaction markers and aborted
 * transactions.
 */
export function readPart(
  topic: string,
  partition: number,
  offset: number,
  part: FetchedPartition,
  end: number | undefined,
): ReadPart {
  const last = part.messages.at(-1);
  const records = committed(part)
    // A batch is sent whole, even when the offset lies within it.
    .filter((message) => Number(message.offset) >= offset)
    .map((message) => recordOf(topic, partition, message));
  return { records, next: Math.max(offset, end ?? (last === undefined ? offset : Number(last.offset) + 1)) };
}

/**
 * Leaves out aborted transactions. The broker reports the producer of each, and the offset at which
 * it begins; its marker shows where it ends. (kafkajs's own filter assumes one transaction per
 * record, and takes any key of four zero bytes for a marker.)
 */
function committed({ messages, abortedTransactions = [] }: FetchedPartition): FetchedMessage[] {
  const coming = abortedTransactions
    .map(({ producerId, firstOffset }) => ({ producerId, firstOffset: Number(firstOffset) }))
    .sort((a, b) => a.firstOffset - b.firstOffset);
  const aborting = new Set<string>();
  return messages.filter(({ offset, key, isControlRecord, batchContext }) => {
    while ((coming[0]?.firstOffset ?? Infinity) <= Number(offset))
      aborting.add(coming.shift()?.producerId ?? '');
    if (isControlRecord === true) {
      if (key?.readInt16BE(2) === abortedType) aborting.delete(batchContext?.producerId ?? '');
      return false;
    }
    return batchContext?.inTransaction !== true || !aborting.has(batchContext.producerId);
  });
}

function recordOf(topic: string, partition: number, message: FetchedMessage): ConsumedRecord {
  const { offset, timestamp = '-1', key, value, headers = {} } = message;
  return {
    topic,
    partition,
    offset: Number(offset),
    timestamp: Number(timestamp),
    key: copy(key),
    value: copy(value),
    headers: headersOf(headers),
  };
}

const headersOf = (headers: NonNullable<FetchedMessage['headers']>): Headers =>
  collectHeaders(
    Object.entries(headers).flatMap(([name, values]) =>
      [values]
        .flat()
        .filter(isValue)
        .map((value) => [name, copy(value)] as const),
    ),
  );

const isValue = (value: unknown): value is Buffer | null => value === null || Buffer.isBuffer(value);

/** kafkajs returns views of the whole response, which a record that is kept would keep alive. */
const copy = (bytes: Buffer | null): Buffer | null => (bytes === null ? null : Buffer.from(bytes));
