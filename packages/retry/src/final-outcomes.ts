import { ProducerError, type ErrorCode, type Failed, type Unknown } from '@holdfast/core';
import { failed, unknown, type Delivery } from '@holdfast/core/stage';

/** Why a record is not tried again. */
export type Reason = 'attempts' | 'deadline' | 'closed' | 'final';

const codes: { readonly [reason in Exclude<Reason, 'final'>]: ErrorCode } = {
  attempts: 'RETRIES_EXHAUSTED',
  deadline: 'DELIVERY_TIMEOUT',
  closed: 'CLOSED',
};

const words = {
  attempts: 'every attempt failed',
  deadline: 'its delivery deadline has passed',
  closed: 'the producer was closed before it could be tried again',
};

/**
 * Gives records that are given up their last outcome. It is `unknown` when any attempt was: a later, certain failure does not
 * unwrite what an earlier one may have written. Records with the same last error share one new error.
 */
export class GiveUp {
  private readonly maybeWritten = new WeakSet<Delivery>();

  /** Notes an attempt that may have written the record. */
  note(delivery: Delivery, outcome: Failed | Unknown): void {
    if (outcome.status === 'unknown') this.maybeWritten.add(delivery);
  }

  settle(deliveries: readonly Delivery[], reason: Reason, now: number): Delivery[] {
    const made = new Map<ProducerError, ProducerError>();
    for (const delivery of deliveries) {
      const { outcome } = delivery;
      if (outcome?.status !== 'failed' && outcome?.status !== 'unknown') continue;
      let error = made.get(outcome.error);
      if (error === undefined)
        made.set(outcome.error, (error = errorFor(outcome.error, reason, delivery, now)));
      delivery.outcome = this.maybeWritten.has(delivery) ? unknown(error) : failed(error);
    }
    return [...deliveries];
  }
}

function errorFor(
  last: ProducerError,
  reason: Reason,
  { attempts, createdAt }: Delivery,
  now: number,
): ProducerError {
  if (reason === 'final') return last;
  // What opened the circuit says why nothing worked, and what to do about it.
  const why = last.code === 'CIRCUIT_OPEN' && ProducerError.is(last.cause) ? last.cause : last;
  const held = why === last ? '' : 'the circuit was open, and ';
  const tried = `${attempts} ${attempts === 1 ? 'attempt' : 'attempts'} in ${Math.round(now - createdAt)} ms`;
  return new ProducerError(
    codes[reason],
    `${words[reason]} (${tried}); ${held}the last error was ${why.code}: ${why.message}`,
    {
      cause: why,
      kafka: why.kafka,
      retriable: why.retriable,
      stage: 'retry',
    },
  );
}
