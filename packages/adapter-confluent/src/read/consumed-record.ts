import { isUint8Array } from 'node:util/types';
import type { RdKafka } from '@confluentinc/kafka-javascript';
import type { ConsumedRecord } from '@holdfast/core';
import { collectHeaders } from '@holdfast/core/adapter';

/**
 * Makes a record of the client's message, of which its types know a part. Bytes are copies already.
 */
export function recordOf(message: RdKafka.Message): ConsumedRecord {
  const { topic, partition, offset, timestamp = -1, key, value, headers = [] } = message;
  return {
    topic,
    partition,
    offset,
    timestamp,
    key: bytesOf(key),
    value: bytesOf(value),
    headers: collectHeaders(
      headers.flatMap((header) => entriesOf(header).map(([name, one]) => [name, bytesOf(one)] as const)),
    ),
  };
}

/**
 * The client assigns each header to an object of its own: that object inherits the value of a
 * header named `__proto__`.
 */
function entriesOf(header: object): [string, unknown][] {
  const entries = Object.entries<unknown>({ ...header });
  const inherited: unknown = Object.getPrototypeOf(header);
  return entries.length === 0 && isUint8Array(inherited) ? [['__proto__', inherited]] : entries;
}

const bytesOf = (value: unknown): Uint8Array | null => {
  if (isUint8Array(value)) return value;
  return typeof value === 'string' ? Buffer.from(value) : null;
};
