import type { RdKafka } from '@confluentinc/kafka-javascript';
import type { Delivered } from '@holdfast/core';
import type { InFlightRecord } from './in-flight-batch.js';

/** The client's delivery report, and why the delivery failed. */
export type DeliveryReport = RdKafka.DeliveryReport & {
  readonly failure?: { readonly code: number; readonly error: unknown };
};

/** Returns the outcome of a record that the client reports as written. */
export function deliveredOutcome(
  { offset, timestamp }: RdKafka.DeliveryReport,
  { delivery, partition }: InFlightRecord,
): Delivered {
  return {
    status: 'delivered',
    // The report has its own copy of the name, one per record.
    topic: partition?.topic ?? delivery.record.topic,
    partition: partition?.index ?? -1,
    // A duplicate that the broker recognised has none: librdkafka reports -1001.
    offset: offset < 0 ? -1 : offset,
    timestamp: timestamp ?? delivery.record.timestamp,
  };
}
