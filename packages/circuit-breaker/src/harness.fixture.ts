import type { Outcome, ProducerRecord, ProducerError } from '@holdfast/core';
import type { Delivery, Settle, Stage } from '@holdfast/core/stage';
import { createDelivery, testEnv, type TestEnv } from '@holdfast/testing';
import { circuitBreaker, type CircuitBreaker } from './circuit-breaker.js';
import type { CircuitBreakerOptions } from './options.js';

export { codes, delivered, fails, mayBeWritten, values } from '@holdfast/testing';

/** One call of `next`. */
export interface Call {
  readonly batch: readonly Delivery[];
  readonly settle: Settle;
  readonly array: readonly Delivery[];
}

/** The breaker alone: the batches it sends are kept in `below`, and the test settles them. */
export interface Harness {
  readonly breaker: CircuitBreaker;
  readonly env: TestEnv;
  readonly stage: Stage;
  readonly below: Call[];
  readonly up: Delivery[];
  /** Each settlement of the stage. */
  readonly settlements: (readonly Delivery[])[];
  send(...records: Partial<ProducerRecord>[]): Delivery[];
  /** Settles all records of a call, by default the last. */
  answer(outcome: Outcome, call?: number): void;
  /** Sends one record and settles it. */
  result(outcome: Outcome, record?: Partial<ProducerRecord>): void;
}

/** Without jitter, so that times are known; a test of jitter sets it. */
export const harness = (options: CircuitBreakerOptions = {}): Harness =>
  harnessOf(circuitBreaker({ jitter: 0, ...options }));

export function harnessOf(breaker: CircuitBreaker, env: TestEnv = testEnv()): Harness {
  const below: Call[] = [];
  const up: Delivery[] = [];
  const settlements: (readonly Delivery[])[] = [];
  const stage = breaker.bind((array, settle) => below.push({ array, batch: [...array], settle }), env);
  const made: Harness = {
    breaker,
    env,
    stage,
    below,
    up,
    settlements,
    send(...records) {
      const deliveries = records.map((record) => createDelivery({ topic: 'orders', value: 'v', ...record }));
      stage.send([...deliveries], (batch) => {
        settlements.push([...batch]);
        up.push(...batch);
      });
      return deliveries;
    },
    answer(outcome, call = below.length - 1) {
      const { batch, settle } = below[call] ?? { batch: [], settle: () => undefined };
      settleAs(settle, batch, outcome);
    },
    result(outcome, record = {}) {
      const calls = below.length;
      made.send(record);
      if (below.length > calls) made.answer(outcome);
    },
  };
  return made;
}

export function settleAs(settle: Settle, batch: readonly Delivery[], outcome: Outcome): void {
  for (const one of batch) one.outcome = outcome;
  settle([...batch]);
}

export function errorIn(delivery: Delivery | undefined): ProducerError {
  const outcome = delivery?.outcome;
  if (outcome === undefined || !('error' in outcome)) throw new Error('it has an error');
  return outcome.error;
}

/** Returns this many numbered records for `send` of the harness. */
export const records = (count: number, record: Partial<ProducerRecord> = {}): Partial<ProducerRecord>[] =>
  Array.from({ length: count }, (_, i) => ({ ...record, value: `${i}` }));
