import { isUint8Array } from 'node:util/types';
import type { RdKafka } from '@confluentinc/kafka-javascript';
import type { ConsumedRecord } from '@holdfast/core';
import { collectHeaders } from '@holdfast/core/adapter';

/** What the client gives, which its own types know in part. Bytes are copies already. */
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

/** The client assigns each header to an object of its own, so that the value of `__proto__` becomes what that object inherits. */
function entriesOf(header: object): [string, unknown][] {
  const entries = Object.entries<unknown>({ ...header });
  const inherited: unknown = Object.getPrototypeOf(header);
  return entries.length === 0 && isUint8Array(inherited) ? [['__proto__', inherited]] : entries;
}

const bytesOf = (value: unknown): Uint8Array | null => {
  if (isUint8Array(value)) return value;
  return typeof value === 'string' ? Buffer.from(value) : null;
};
