import type { ProducerStats } from '@holdfast/core';
import { numberIn, valueIn } from '../stats/fields.js';
import { observeByCode, seconds, type Observe } from './observe.js';

/** Observes the results that the client reported, including those that a retry has repaired. */
export function observeAttempts({ attempts, stages }: ProducerStats, observe: Observe): void {
  const attemptCount = 'holdfast.attempts';
  observe(attemptCount, attempts.delivered, { 'holdfast.outcome': 'delivered' });
  observeByCode(observe, attemptCount, attempts.retriableErrors, { 'holdfast.outcome': 'retriable-error' });
  observeByCode(observe, attemptCount, attempts.fatalErrors, { 'holdfast.outcome': 'fatal-error' });
  observe('holdfast.attempts.retried', attempts.retried);
  observeByCode(observe, 'holdfast.retry.records', valueIn(stages.retry, 'retriedByCode'));
  for (const stage of Object.values(stages)) {
    observe('holdfast.throttle.duration', seconds(numberIn(stage, 'throttledMs')));
  }
}
