import type { ProducerStats } from '@holdfast/core';
import { numberIn, valueIn } from '../stats/fields.js';
import type { Observe } from './observe.js';

export function observeCircuits({ stages: { circuitBreaker } }: ProducerStats, observe: Observe): void {
  const open = numberIn(circuitBreaker, 'openCircuits');
  const halfOpen = numberIn(circuitBreaker, 'halfOpenCircuits');
  const isolated = numberIn(circuitBreaker, 'isolatedCircuits');
  const all = numberIn(circuitBreaker, 'circuits');
  if (open === undefined || halfOpen === undefined || isolated === undefined || all === undefined) return;
  const count = (circuits: number, state: string): void =>
    observe('holdfast.circuit.count', circuits, { 'holdfast.circuit.state': state });
  count(all - open - halfOpen - isolated, 'closed');
  count(halfOpen, 'half-open');
  count(open, 'open');
  count(isolated, 'isolated');
  const transitions = valueIn(circuitBreaker, 'transitions');
  const entered = (name: string, state: string): void =>
    observe('holdfast.circuit.transitions', numberIn(transitions, name), { 'holdfast.circuit.state': state });
  entered('closed', 'closed');
  entered('halfOpen', 'half-open');
  entered('open', 'open');
  entered('isolated', 'isolated');
}
