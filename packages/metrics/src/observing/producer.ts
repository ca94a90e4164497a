import type { ProducerState, ProducerStats } from '@holdfast/core';
import { sayByCode, sayState, type Say } from './observe.js';

const states: readonly ProducerState[] = ['starting', 'running', 'closing', 'closed'];

/** What became of the records that the producer was given. */
export function observeProducer(stats: ProducerStats, say: Say): void {
  const { errors } = stats;
  const records = 'holdfast.producer.records';
  say('holdfast.producer.sent.records', stats.sent);
  say(records, stats.delivered, { 'holdfast.outcome': 'delivered' });
  say(records, stats.accepted, { 'holdfast.outcome': 'accepted' });
  sayByCode(say, records, errors.deadLettered, { 'holdfast.outcome': 'dead-lettered' });
  sayByCode(say, records, errors.failed, { 'holdfast.outcome': 'failed' });
  sayByCode(say, records, errors.unknown, { 'holdfast.outcome': 'unknown' });
  sayState(say, 'holdfast.producer.state', states, stats.state);
}
