import type { ProducerState, ProducerStats } from '@holdfast/core';
import { observeByCode, observeState, type Observe } from './observe.js';

const states: readonly ProducerState[] = ['starting', 'running', 'closing', 'closed'];

/** Observes the state of the producer, and the outcomes of its records. */
export function observeProducer(stats: ProducerStats, observe: Observe): void {
  const { errors } = stats;
  const records = 'holdfast.producer.records';
  observe('holdfast.producer.sent.records', stats.sent);
  observe(records, stats.delivered, { 'holdfast.outcome': 'delivered' });
  observe(records, stats.accepted, { 'holdfast.outcome': 'accepted' });
  observeByCode(observe, records, errors.deadLettered, { 'holdfast.outcome': 'dead-lettered' });
  observeByCode(observe, records, errors.failed, { 'holdfast.outcome': 'failed' });
  observeByCode(observe, records, errors.unknown, { 'holdfast.outcome': 'unknown' });
  observeState(observe, 'holdfast.producer.state', states, stats.state);
}
