import type { Outcome, ProducerRecord } from '@holdfast/core';
import type { Delivery, Settle, Stage } from '@holdfast/core/stage';
import { createDelivery, testEnv, type CreateDeliveryOptions, type TestEnv } from '@holdfast/testing';
import type { RetryOptions } from './options.js';
import { retry } from './retry.js';

export { codes, delivered, fails, mayBeWritten, values } from '@holdfast/testing';

/** Retry alone: the batches it sends are kept in `below`, and the test settles them. */
export interface Harness {
  readonly env: TestEnv;
  readonly stage: Stage;
  readonly below: { readonly at: number; readonly batch: readonly Delivery[]; readonly settle: Settle }[];
  readonly up: Delivery[];
  send(records: readonly Partial<ProducerRecord>[], times?: CreateDeliveryOptions): Delivery[];
  /** Settles these deliveries of a call, by default the last, with `outcome`. */
  answer(deliveries: readonly Delivery[], outcome: Outcome, call?: number): void;
}

/** Without jitter, so that times are known; a test of jitter sets it. */
export function harness(options: RetryOptions = {}): Harness {
  const env = testEnv();
  const below: Harness['below'] = [];
  const up: Delivery[] = [];
  const stage = retry({ jitter: 'none', ...options }).bind((batch, settle) => {
    for (const one of batch) one.attempts++; // as core does directly above the adapter
    below.push({ at: env.clock.now(), batch: [...batch], settle });
  }, env);
  return {
    env,
    stage,
    below,
    up,
    send(records, times) {
      const deliveries = records.map((record) =>
        createDelivery({ topic: 'orders', value: 'v', ...record }, { createdAt: env.clock.now(), ...times }),
      );
      stage.send([...deliveries], (batch) => up.push(...batch));
      return deliveries;
    },
    answer(deliveries, outcome, call = below.length - 1) {
      for (const one of deliveries) one.outcome = outcome;
      below[call]?.settle([...deliveries]);
    },
  };
}
