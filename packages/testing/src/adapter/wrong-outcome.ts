import { ProducerError, type Outcome } from '@holdfast/core';
import type { AdapterCapabilities } from '@holdfast/core/adapter';
import type { Delivery } from '@holdfast/core/stage';
import type { AdapterSubject } from './adapter-subject.js';

/** What an adapter must not say of a record; `undefined` when it may. */
export function wrongOutcome(
  { record }: Delivery,
  outcome: Outcome,
  { offsets }: AdapterCapabilities,
  { partitions, features }: Pick<AdapterSubject, 'partitions' | 'features'>,
): string | undefined {
  switch (outcome.status) {
    case 'failed':
    case 'unknown':
      return ProducerError.is(outcome.error)
        ? undefined
        : `settled as '${outcome.status}' with an error that is no ProducerError of @holdfast/core`;
    case 'accepted':
    case 'dead-lettered':
      return `settled as '${outcome.status}'; an adapter says 'delivered', 'failed' or 'unknown'`;
    case 'delivered': {
      const { topic, partition, offset, timestamp } = outcome;
      if (topic !== record.topic) return `settled as 'delivered' to another topic (${topic})`;
      if (!isIndex(partition) || partition >= partitions)
        return `settled as 'delivered' to a partition that is none (${partition})`;
      if (record.partition !== undefined && partition !== record.partition) {
        return `delivered to partition ${partition} what asked for partition ${record.partition}`;
      }
      if (offsets && !isIndex(offset))
        return `settled as 'delivered' with an offset that is none (${offset})`;
      if (!Number.isFinite(timestamp))
        return `settled as 'delivered' with a timestamp that is none (${timestamp})`;
      return features?.brokerTimestamps || timestamp === record.timestamp
        ? undefined
        : "settled as 'delivered' with another timestamp than the record's; hand the client record.timestamp";
    }
  }
}

const isIndex = (number: number): boolean => Number.isInteger(number) && number >= 0;
