import type { Bytes, ProducerRecord } from '@holdfast/core';
import { Delivery, laneOf, SerializedRecord } from '@holdfast/core/stage';

export interface CreateDeliveryOptions {
  /** Monotonic ms. Default 0, where a fake clock starts. */
  readonly createdAt?: number;
  /** Monotonic ms. Default `createdAt` + 120,000, as a producer sets it. */
  readonly deadline?: number;
}

const bytes = (data: Bytes | undefined): Uint8Array | null =>
  typeof data === 'string' ? Buffer.from(data) : (data ?? null);

/**
 * Creates a delivery as the producer's dispatcher does, to test a middleware or an adapter alone.
 */
export function createDelivery(
  { topic, key, value, headers, partition, timestamp = 0 }: ProducerRecord,
  { createdAt = 0, deadline = createdAt + 120_000 }: CreateDeliveryOptions = {},
): Delivery {
  const copy = headers === undefined ? undefined : { ...headers };
  const record = new SerializedRecord(topic, bytes(key), bytes(value), copy, partition, timestamp);
  return new Delivery(record, laneOf(record), createdAt, deadline, undefined);
}
