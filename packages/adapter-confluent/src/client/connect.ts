import type { RdKafka } from '@confluentinc/kafka-javascript';
import { isError } from '@holdfast/core/stage';
import { noNativeHandle } from '../errors.js';
import type { BlockingCallLimiter } from './blocking-call-limiter.js';

interface Connectable {
  connect(options: object, done: (error: unknown) => void): unknown;
}

/**
 * Makes the client's native handle, without a broker. The client's own `connect` also queries
 * metadata, and destroys the instance when no broker answers within 30 s. The adapter queries
 * metadata afterwards, so here that query is answered without a broker. `owner`: the one whose
 * earlier calls have to return first. Rejects when librdkafka refuses the settings.
 */
export async function connectWithoutBroker(
  client: Connectable,
  owner: object,
  limiter: BlockingCallLimiter,
): Promise<void> {
  const nothing: RdKafka.Metadata = { orig_broker_id: -1, orig_broker_name: '', brokers: [], topics: [] };
  Object.defineProperty(client, 'getMetadata', {
    configurable: true,
    value: (_: unknown, done: (error: null, metadata: RdKafka.Metadata) => void) => done(null, nothing),
  });
  const failure = await limiter.run<{ readonly error: unknown } | undefined>(owner, (returned) => {
    client.connect({}, (error: unknown) => {
      returned(error === null || error === undefined ? undefined : { error });
    });
  });
  Reflect.deleteProperty(client, 'getMetadata');
  if (failure === undefined) return;
  const { error } = failure;
  throw isError(error) ? error : noNativeHandle();
}
