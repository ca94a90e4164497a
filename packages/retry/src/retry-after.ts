import type { ProducerError } from '@holdfast/core';
import type { Delivery } from '@holdfast/core/stage';

export const errorOf = (delivery: Delivery | undefined): ProducerError | undefined =>
  delivery?.outcome !== undefined && 'error' in delivery.outcome ? delivery.outcome.error : undefined;

const retryAfterOf = (delivery: Delivery): number => errorOf(delivery)?.retryAfter ?? 0;

/** Returns the longest `retryAfter` of the records' errors, in ms. */
export function longestRetryAfter(deliveries: readonly Delivery[]): number {
  let longest = 0;
  for (const delivery of deliveries) longest = Math.max(longest, retryAfterOf(delivery));
  return longest;
}

/**
 * Splits records by topic if their `retryAfter` differs: one topic's must not hold back another's
 * records. A lane never spans topics, so its order is kept.
 */
export function partsByRetryAfter(deliveries: Delivery[]): Delivery[][] {
  const first = deliveries[0];
  if (first === undefined) return [];
  const common = retryAfterOf(first);
  if (deliveries.every((one) => retryAfterOf(one) === common)) return [deliveries];
  const byTopic = new Map<string, Delivery[]>();
  for (const one of deliveries) {
    const part = byTopic.get(one.record.topic);
    if (part === undefined) byTopic.set(one.record.topic, [one]);
    else part.push(one);
  }
  return [...byTopic.values()];
}
