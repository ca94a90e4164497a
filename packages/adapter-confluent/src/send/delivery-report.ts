import type { RdKafka } from '@confluentinc/kafka-javascript';
import type { Delivered } from '@holdfast/core';
import type { Ticket } from './in-flight-record.js';

/** A delivery report, and what it failed with. */
export type Report = RdKafka.DeliveryReport & {
  readonly failure?: { readonly code: number; readonly error: unknown };
};

/** The outcome of a record that the client reports as written. */
export function delivered(
  { offset, timestamp }: RdKafka.DeliveryReport,
  { delivery, partition }: Ticket,
): Delivered {
  return {
    status: 'delivered',
    // Not the report's own copy of the name, of which there is one a record.
    topic: partition?.topic ?? delivery.record.topic,
    partition: partition?.index ?? -1,
    // A duplicate that the broker recognised has none: librdkafka says -1001.
    offset: offset < 0 ? -1 : offset,
    timestamp: timestamp ?? delivery.record.timestamp,
  };
}
