import type { ProducerStats } from '@holdfast/core';
import { numberIn, sayByCode, seconds, valueIn, type Say } from './observe.js';

/** What the client answered, whether a retry has healed it or not. */
export function observeAttempts({ attempts, stages }: ProducerStats, say: Say): void {
  const answers = 'holdfast.attempts';
  say(answers, attempts.delivered, { 'holdfast.outcome': 'delivered' });
  sayByCode(say, answers, attempts.retriableErrors, { 'holdfast.outcome': 'retriable-error' });
  sayByCode(say, answers, attempts.fatalErrors, { 'holdfast.outcome': 'fatal-error' });
  say('holdfast.attempts.retried', attempts.retried);
  sayByCode(say, 'holdfast.retry.records', valueIn(stages.retry, 'retriedByCode'));
  for (const stage of Object.values(stages)) {
    say('holdfast.throttle.duration', seconds(numberIn(stage, 'throttledMs')));
  }
}
