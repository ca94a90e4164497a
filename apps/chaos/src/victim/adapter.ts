import type { Adapter } from '@holdfast/core';
import { fileAdapter } from './file-adapter.js';
import type { VictimSettings } from './settings.js';

/** Shorter than a broker stays paused, so that attempts end as `unknown`. */
export const impatient = { requestTimeoutMs: 2_500 };

// Loads each client only when it is needed: a life may be as short as the loading of a client.
export async function adapterOf(
  { client, brokers }: Pick<VictimSettings, 'client' | 'brokers'>,
  options: { readonly requestTimeoutMs?: number },
): Promise<Adapter> {
  switch (client) {
    case 'file':
      return fileAdapter(brokers[0] ?? '');
    case 'kafkajs': {
      const [{ kafkajsAdapter }, { Kafka, logLevel }] = await Promise.all([
        import('@holdfast/adapter-kafkajs'),
        import('kafkajs'),
      ]);
      const kafka = new Kafka({ clientId: 'chaos', brokers: [...brokers], logLevel: logLevel.NOTHING });
      return kafkajsAdapter(kafka, options);
    }
    case 'confluent': {
      const { confluentAdapter } = await import('@holdfast/adapter-confluent');
      const { requestTimeoutMs } = options;
      return confluentAdapter(
        {
          'client.id': 'chaos',
          'bootstrap.servers': brokers.join(','),
          ...(requestTimeoutMs === undefined ? {} : { 'socket.timeout.ms': requestTimeoutMs }),
        },
        options,
      );
    }
  }
}
