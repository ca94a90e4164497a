import { createProducer } from '@holdfast/core';
import type { MakeAdapter } from './adapter-case.js';
import type { KafkaControl } from './kafka-control.js';

/** A key and its partition of 7 in Java's client, from `murmur2.json`. */
export interface KeyVector {
  /** Hexadecimal. */
  readonly key: string;
  readonly of7: number;
}

/**
 * Sends all keys to a topic with 7 partitions, and resolves with those in another partition than
 * Java's.
 */
export async function misplacedKeys(
  vectors: readonly KeyVector[],
  control: KafkaControl,
  makeAdapter: MakeAdapter,
): Promise<KeyVector[]> {
  const topic = `partitions-${process.pid}-${Date.now().toString(36)}`;
  await control.createTopic(topic, { partitions: 7 });
  const producer = await createProducer({
    adapter: makeAdapter({ brokers: control.brokers, requestTimeoutMs: 30_000 }),
  });
  try {
    const misplaced: KeyVector[] = [];
    for (let left = vectors; left.length > 0; ) {
      const records = left.map(({ key }) => ({ topic, key: Buffer.from(key, 'hex'), value: key }));
      const outcomes = await producer.sendBatch(records);
      misplaced.push(
        ...left.filter(({ of7 }, index) => {
          const outcome = outcomes[index];
          return outcome?.status === 'delivered' && outcome.partition !== of7;
        }),
      );
      // A newly elected leader may refuse at first.
      left = left.filter((_, index) => {
        const outcome = outcomes[index];
        if (outcome !== undefined && 'error' in outcome && !outcome.error.retriable) throw outcome.error;
        return outcome?.status !== 'delivered';
      });
    }
    return misplaced;
  } finally {
    await producer.close();
  }
}
