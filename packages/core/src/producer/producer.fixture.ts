import { fakeClock, recordingLogger, type FakeClock, type RecordingLogger } from '@holdfast/testing';
import { HeldAdapter } from '../chain/held-adapter.fixture.js';
import type { Delivery } from '../contract/delivery.js';
import type { Middleware, Settle } from '../contract/middleware.js';
import type { Outcome } from '../contract/outcome.js';
import type { ProducerOptions } from './producer-options.js';
import { createProducer, type Producer } from './producer.js';
import type { Bytes } from '../contract/record.js';

export interface SetUp<K, V> {
  readonly producer: Producer<K, V>;
  readonly adapter: HeldAdapter;
  readonly clock: FakeClock;
  readonly logger: RecordingLogger;
}

/** A producer over an adapter that answers when told, on a clock of the test's. */
export async function setUp<K = Bytes, V = Bytes>(
  options: Partial<ProducerOptions<K, V>> = {},
  adapter = new HeldAdapter(),
): Promise<SetUp<K, V>> {
  const clock = fakeClock();
  const logger = recordingLogger();
  const producer = await createProducer<K, V>({ adapter, env: { clock, logger }, ...options });
  return { producer, adapter, clock, logger };
}

/** A stage that has room for `room` records at a time, and says so through `ready`. */
export class Gate {
  room = 0;
  private waiting: (() => void)[] = [];

  readonly middleware: Middleware = {
    name: 'gate',
    bind: (next) => ({
      send: (batch, settle) => {
        this.room -= batch.length;
        next(batch, settle);
      },
      ready: () =>
        this.room > 0 ? undefined : new Promise<void>((resolve) => void this.waiting.push(resolve)),
    }),
  };

  open(room: number): void {
    this.room = room;
    for (const one of this.waiting.splice(0)) one();
  }
}

/** Settles everything inside `send`, as an open breaker does. */
export const atOnce = (outcomeOf: (delivery: Delivery) => Outcome): Middleware => ({
  name: 'at-once',
  bind: () => ({
    send(batch: Delivery[], settle: Settle) {
      for (const one of batch) one.outcome = outcomeOf(one);
      settle(batch);
    },
  }),
});

export const order = (value: string, key?: string): { topic: string; key: string | null; value: string } => ({
  topic: 'orders',
  key: key ?? null,
  value,
});
