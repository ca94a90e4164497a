import type { Adapter } from '@holdfast/core';
import { fakeClock } from '../env/fake-clock.js';
import { memoryKafka, type MemoryKafka } from '../memory/memory-kafka.js';
import type { AdapterSubject } from './adapter-subject.js';
import { checkAdapter } from './check-adapter.js';

/** All that the suite can do to a Kafka in memory. */
export const controlOf = (kafka: MemoryKafka): Required<NonNullable<AdapterSubject['cluster']>> => ({
  down: () => kafka.down(),
  up: () => kafka.up(),
  loseAnswers: () => kafka.down({ writesInFlight: true }),
  silence: () => kafka.silence(),
});

/** The Kafka in memory, with something wrong; what the suite says of it. */
export async function wrong(
  change: (right: Adapter) => Partial<Adapter>,
  more: Partial<AdapterSubject> & { readonly reads?: boolean } = {},
): Promise<string> {
  const clock = fakeClock();
  const kafka = memoryKafka({ topics: { orders: 3 }, latencyMs: 5 });
  const { reads = false, ...subject } = more;
  const problems = await checkAdapter({
    name: 'own',
    create() {
      const right = kafka.adapter();
      const bound: Adapter = {
        name: right.name,
        capabilities: right.capabilities,
        connect: (env, signal) => right.connect(env, signal),
        send: (batch, settle) => right.send(batch, settle),
        flush: (deadline) => right.flush(deadline),
        disconnect: (deadline) => right.disconnect(deadline),
      };
      return { ...bound, ...change(right) };
    },
    topic: 'orders',
    partitions: 3,
    clock,
    timeoutMs: 5_000,
    cluster: controlOf(kafka),
    ...(reads && { read: () => Promise.resolve(kafka.messages('orders')) }),
    ...subject,
  });
  return problems.join('\n');
}
