import type { RdKafka } from '@confluentinc/kafka-javascript';
import { ProducerError } from '@holdfast/core';
import { stage } from './stage.js';

interface Connectable {
  connect(options: object, done: (error: unknown) => void): unknown;
}

/**
 * Makes the client's handle; needs no broker. `connect` asks for metadata and destroys the instance when no broker answers
 * within 30 s. We ask for that afterwards, so here the question is answered for it. Rejects when librdkafka refuses the settings.
 */
export function connectWithoutBroker(client: Connectable): Promise<void> {
  const nothing: RdKafka.Metadata = { orig_broker_id: -1, orig_broker_name: '', brokers: [], topics: [] };
  Object.defineProperty(client, 'getMetadata', {
    configurable: true,
    value: (_: unknown, done: (error: null, metadata: RdKafka.Metadata) => void) => done(null, nothing),
  });
  return new Promise<void>((resolve, reject) => {
    client.connect({}, (error: unknown) => {
      if (error === null || error === undefined) resolve();
      else reject(error instanceof Error ? error : new ProducerError('CLIENT_FATAL', 'no handle', { stage }));
    });
  }).finally(() => {
    Reflect.deleteProperty(client, 'getMetadata');
  });
}
