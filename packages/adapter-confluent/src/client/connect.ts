import type { RdKafka } from '@confluentinc/kafka-javascript';
import { ProducerError } from '@holdfast/core';
import { isError } from '@holdfast/core/stage';
import { stage } from '../stage.js';
import type { Threads } from './blocking-call-limiter.js';

interface Connectable {
  connect(options: object, done: (error: unknown) => void): unknown;
}

/**
 * Makes the client's handle; needs no broker. `connect` asks for metadata and destroys the instance
 * when no broker answers within 30 s. We ask for that afterwards, so here the question is answered
 * for it. `owner`: whose calls this one waits for. Rejects when librdkafka refuses the settings.
 */
export async function connectWithoutBroker(
  client: Connectable,
  owner: object,
  threads: Threads,
): Promise<void> {
  const nothing: RdKafka.Metadata = { orig_broker_id: -1, orig_broker_name: '', brokers: [], topics: [] };
  Object.defineProperty(client, 'getMetadata', {
    configurable: true,
    value: (_: unknown, done: (error: null, metadata: RdKafka.Metadata) => void) => done(null, nothing),
  });
  const failure = await threads.run<{ readonly error: unknown } | undefined>(owner, (returned) => {
    client.connect({}, (error: unknown) => {
      returned(error === null || error === undefined ? undefined : { error });
    });
  });
  Reflect.deleteProperty(client, 'getMetadata');
  if (failure === undefined) return;
  const { error } = failure;
  throw isError(error) ? error : new ProducerError('CLIENT_FATAL', 'no handle', { stage });
}
