import type { ProducerRecord } from '@holdfast/core';
import type { Delivery, Settle, Stage } from '@holdfast/core/stage';
import { createDelivery, testEnv, type CreateDeliveryOptions, type TestEnv } from '@holdfast/testing';
import { buffer } from './buffer.js';
import type { BufferOptions } from './options.js';

/** A buffer alone: the batches it sends are kept in `below`, and the test settles them. */
export interface Harness {
  readonly env: TestEnv;
  readonly stage: Stage;
  readonly below: { readonly batch: readonly Delivery[]; readonly settle: Settle }[];
  /** The settled records, in that order. */
  readonly up: Delivery[];
  send(records: readonly Partial<ProducerRecord>[], times?: CreateDeliveryOptions): Delivery[];
  deliver(deliveries: readonly Delivery[], call?: number): void;
}

export function harness(options: BufferOptions = {}): Harness {
  const env = testEnv();
  const below: { batch: readonly Delivery[]; settle: Settle }[] = [];
  const up: Delivery[] = [];
  const settle: Settle = (batch) => up.push(...batch);
  const stage = buffer(options).bind((batch, down) => below.push({ batch: [...batch], settle: down }), env);
  return {
    env,
    stage,
    below,
    up,
    send(records, times) {
      const deliveries = records.map((record) =>
        createDelivery({ topic: 'orders', value: 'v', ...record }, { createdAt: env.clock.now(), ...times }),
      );
      stage.send([...deliveries], settle);
      return deliveries;
    },
    deliver(deliveries, call = below.length - 1) {
      for (const one of deliveries) {
        one.outcome = { status: 'delivered', topic: one.record.topic, partition: 0, offset: 0, timestamp: 0 };
      }
      below[call]?.settle([...deliveries]);
    },
  };
}

export const keys = (batch: readonly Delivery[] | undefined): (string | null)[] =>
  (batch ?? []).map(({ record }) => (record.key === null ? null : Buffer.from(record.key).toString()));

export const values = (batch: readonly Delivery[] | undefined): (string | null)[] =>
  (batch ?? []).map(({ record }) => (record.value === null ? null : Buffer.from(record.value).toString()));

export const codes = (batch: readonly Delivery[]): string[] =>
  batch.map(({ outcome }) =>
    outcome !== undefined && 'error' in outcome ? outcome.error.code : (outcome?.status ?? 'none'),
  );
