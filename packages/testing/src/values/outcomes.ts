import { ProducerError, type ErrorCode, type Outcome } from '@holdfast/core';
import { failed, unknown, type Delivery, type ProducerErrorDetails } from '@holdfast/core/stage';

/** The outcome with which a test settles deliveries as the stage below would. */
export const delivered: Outcome = {
  status: 'delivered',
  topic: 'orders',
  partition: 0,
  offset: 1,
  timestamp: 1,
};

const errorOf = (code: ErrorCode, details: ProducerErrorDetails): ProducerError =>
  new ProducerError(code, 'scripted', { retriable: true, ...details });

/** Returns a `failed` outcome: certainly not written. Retriable unless `details` override it. */
export const fails = (code: ErrorCode = 'BROKER_UNREACHABLE', details: ProducerErrorDetails = {}): Outcome =>
  failed(errorOf(code, details));

/** Returns an `unknown` outcome: perhaps written. Retriable unless `details` override it. */
export const mayBeWritten = (
  code: ErrorCode = 'REQUEST_TIMED_OUT',
  details: ProducerErrorDetails = {},
): Outcome => unknown(errorOf(code, details));

/** Returns the error code of each delivery, else its status; `'none'` without an outcome. */
export const codes = (batch: readonly Delivery[]): string[] =>
  batch.map(({ outcome }) =>
    outcome !== undefined && 'error' in outcome ? outcome.error.code : (outcome?.status ?? 'none'),
  );

/** Returns the values as text; `''` for a missing value. */
export const values = (batch: readonly Delivery[] | undefined): string[] =>
  (batch ?? []).map(({ record }) => Buffer.from(record.value ?? []).toString());
