import {
  failed,
  ProducerError,
  unknown,
  type Delivery,
  type ErrorCode,
  type Outcome,
  type ProducerErrorDetails,
  type ProducerRecord,
  type Settle,
  type Stage,
} from '@holdfast/core';
import { createDelivery, testEnv, type CreateDeliveryOptions, type TestEnv } from '@holdfast/testing';
import type { RetryOptions } from './options.js';
import { retry } from './retry.js';

/** Retry alone: what it hands down is kept in `below`, and the test answers. */
export interface Harness {
  readonly env: TestEnv;
  readonly stage: Stage;
  readonly below: { readonly at: number; readonly batch: readonly Delivery[]; readonly settle: Settle }[];
  readonly up: Delivery[];
  send(records: readonly Partial<ProducerRecord>[], times?: CreateDeliveryOptions): Delivery[];
  /** Settles those deliveries of a call (default the last) as `outcome`. */
  answer(deliveries: readonly Delivery[], outcome: Outcome, call?: number): void;
}

/** Without jitter, so that times are known; a test of jitter says so. */
export function harness(options: RetryOptions = {}): Harness {
  const env = testEnv();
  const below: Harness['below'] = [];
  const up: Delivery[] = [];
  const stage = retry({ jitter: 'none', ...options }).bind((batch, settle) => {
    for (const one of batch) one.attempts++; // as core does in front of the adapter
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

export const delivered: Outcome = {
  status: 'delivered',
  topic: 'orders',
  partition: 0,
  offset: 1,
  timestamp: 1,
};

const errorOf = (code: ErrorCode, details: ProducerErrorDetails): ProducerError =>
  new ProducerError(code, 'scripted', { retriable: true, ...details });

export const fails = (code: ErrorCode = 'LEADER_UNAVAILABLE', details: ProducerErrorDetails = {}): Outcome =>
  failed(errorOf(code, details));

export const mayBeWritten = (
  code: ErrorCode = 'REQUEST_TIMED_OUT',
  details: ProducerErrorDetails = {},
): Outcome => unknown(errorOf(code, details));

export const codes = (batch: readonly Delivery[]): string[] =>
  batch.map(({ outcome }) =>
    outcome !== undefined && 'error' in outcome ? outcome.error.code : (outcome?.status ?? 'none'),
  );

export const values = (batch: readonly Delivery[] | undefined): string[] =>
  (batch ?? []).map(({ record }) => Buffer.from(record.value ?? []).toString());
