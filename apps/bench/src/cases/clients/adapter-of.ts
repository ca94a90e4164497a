import type { Adapter } from '@holdfast/core';

/** Holdfast's adapter over a client. No other client is loaded: the confluent one may have no binding here. */
export async function adapterOf(
  client: 'kafkajs' | 'confluent',
  brokers: readonly string[],
): Promise<Adapter> {
  const { adapter } = await (client === 'kafkajs' ? import('./kafkajs.js') : import('./confluent.js'));
  return adapter(brokers);
}
