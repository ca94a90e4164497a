import type { FetchResponse, FetchedMessage } from '../client/kafkajs-types.js';
import type { ConsumedRecord, Headers } from '@holdfast/core';
import { collectHeaders, type ReadPart } from '@holdfast/core/adapter';

type Part = FetchResponse['responses'][number]['partitions'][number];

const abortedType = 0;

/** What one answer holds for who asked for `offset`: neither marks nor records of aborted transactions. */
export function readPart(
  topic: string,
  partition: number,
  offset: number,
  part: Part,
  end: number | undefined,
): ReadPart {
  const last = part.messages.at(-1);
  const records = committed(part)
    .filter((message) => Number(message.offset) >= offset) // A batch is sent whole, also when the offset lies within it.
    .map((message) => recordOf(topic, partition, message));
  return { records, next: Math.max(offset, end ?? (last === undefined ? offset : Number(last.offset) + 1)) };
}

/**
 * The broker says in which producer's records, and from which offset on, a transaction begins that was aborted; its mark says
 * where that ends. (kafkajs's own filter takes one transaction a record, and any key of four zero bytes for such a mark.)
 */
function committed({ messages, abortedTransactions = [] }: Part): FetchedMessage[] {
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

/** What kafkajs gives is a view of the whole answer, which a record that is kept would keep alive. */
const copy = (bytes: Buffer | null): Buffer | null => (bytes === null ? null : Buffer.from(bytes));
