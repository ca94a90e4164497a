import { ProducerError, type ErrorCode } from '@holdfast/core';
import type { Delivery } from '@holdfast/core/stage';

/** Why a record is not tried again. `final`: its failure is not retriable. */
export type StopReason = 'attempts' | 'deadline' | 'closed' | 'final';

const codes: { readonly [reason in Exclude<StopReason, 'final'>]: ErrorCode } = {
  attempts: 'RETRIES_EXHAUSTED',
  deadline: 'DELIVERY_TIMEOUT',
  closed: 'CLOSED',
};

const descriptions = {
  attempts: 'all attempts failed',
  deadline: 'its delivery deadline has passed',
  closed: 'the producer was closed before it could be tried again',
};

/**
 * The error of a record that is given up: `last` itself if the failure is final, else a new one
 * with `last` as the cause.
 */
export function gaveUp(
  last: ProducerError,
  reason: StopReason,
  { attempts, createdAt }: Delivery,
  now: number,
): ProducerError {
  if (reason === 'final') return last;
  // The error that opened the circuit says why nothing worked, and what to do about it.
  const cause = last.code === 'CIRCUIT_OPEN' && ProducerError.is(last.cause) ? last.cause : last;
  const circuit = cause === last ? '' : 'the circuit was open, and ';
  const tried = `${attempts} ${attempts === 1 ? 'attempt' : 'attempts'} in ${Math.round(now - createdAt)} ms`;
  return new ProducerError(
    codes[reason],
    `${descriptions[reason]} (${tried}); ${circuit}the last error was ${cause.code}: ${cause.message}`,
    { cause, kafka: cause.kafka, retriable: cause.retriable, stage: 'retry' },
  );
}
