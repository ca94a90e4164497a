import type { Adapter } from '@holdfast/core';

/**
 * Holdfast's adapter over a client. Loads no other client: the confluent one may have no binding
 * here.
 */
export async function adapterOf(
  client: 'kafkajs' | 'confluent',
  brokers: readonly string[],
): Promise<Adapter> {
  const { adapter } = await (client === 'kafkajs' ? import('./kafkajs.js') : import('./confluent.js'));
  return adapter(brokers);
}
