import type { RdKafka } from '@confluentinc/kafka-javascript';
import { collectHeaders, type ConsumedRecord } from '@holdfast/core';

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
      headers.flatMap((header) =>
        Object.entries(header).map(([name, one]: [string, unknown]) => [name, bytesOf(one)] as const),
      ),
    ),
  };
}

const bytesOf = (value: unknown): Uint8Array | null => {
  if (value instanceof Uint8Array) return value;
  return typeof value === 'string' ? Buffer.from(value) : null;
};
