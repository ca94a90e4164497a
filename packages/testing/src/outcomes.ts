import { ProducerError, type ErrorCode, type Outcome } from '@holdfast/core';
import { failed, unknown, type Delivery, type ProducerErrorDetails } from '@holdfast/core/stage';

/** What a test of a stage has come up from below. */
export const delivered: Outcome = {
  status: 'delivered',
  topic: 'orders',
  partition: 0,
  offset: 1,
  timestamp: 1,
};

const errorOf = (code: ErrorCode, details: ProducerErrorDetails): ProducerError =>
  new ProducerError(code, 'scripted', { retriable: true, ...details });

/** Certainly not written; retriable unless `details` say otherwise. */
export const fails = (code: ErrorCode = 'BROKER_UNREACHABLE', details: ProducerErrorDetails = {}): Outcome =>
  failed(errorOf(code, details));

/** Perhaps written. */
export const mayBeWritten = (
  code: ErrorCode = 'REQUEST_TIMED_OUT',
  details: ProducerErrorDetails = {},
): Outcome => unknown(errorOf(code, details));

/** The error code of each, else its status; `'none'` without an outcome. */
export const codes = (batch: readonly Delivery[]): string[] =>
  batch.map(({ outcome }) =>
    outcome !== undefined && 'error' in outcome ? outcome.error.code : (outcome?.status ?? 'none'),
  );

/** The values as text; `''` for none. */
export const values = (batch: readonly Delivery[] | undefined): string[] =>
  (batch ?? []).map(({ record }) => Buffer.from(record.value ?? []).toString());
