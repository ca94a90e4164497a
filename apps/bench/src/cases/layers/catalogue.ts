import { oursAtMost, type Goal } from '../../measure/goal.js';
import type { BenchCase } from '../bench-case.js';
import type { DispatcherCall } from './dispatcher.js';

const million = 1_000_000;
/** The promised limits in ns, by the number of layers and the size of a batch. */
const goals: { readonly [layersAndSize: string]: number } = { '3/100': 60, '6/10': 100, '6/100': 30 };

function goalOf(layers: number, size: number): Goal | undefined {
  const limit = goals[`${layers}/${size}`];
  return limit === undefined ? undefined : oursAtMost(limit);
}

const chainCase = (layers: number, size: number): BenchCase => ({
  name: `chain/${layers}-layers/batch-${size}`,
  summary: `CPU per record from the envelope through ${layers} pass-through layers and back, against the same loop without core`,
  unit: 'ns/record',
  shows: 'ours',
  goal: goalOf(layers, size),
  records: size === 1 ? million : 10 * million,
  prepare: async (context) => (await import('./chain.js')).prepareChain(layers, size, context),
});

const dispatcherCase = (call: DispatcherCall, layers: number, size: number): BenchCase => ({
  name: `dispatcher/${layers}-layers/${call}${call === 'sendBatch' ? `-${size}` : ''}`,
  summary: `CPU per record from producer.${call} through ${layers} pass-through layers and back, against the bare loop`,
  unit: 'ns/record',
  shows: 'ours',
  goal: undefined,
  records: million,
  prepare: async (context) =>
    (await import('./dispatcher.js')).prepareDispatcher(call, layers, size, context),
});

/** The cost of a chain that does no I/O. */
export const layerCases: readonly BenchCase[] = [
  ...[0, 1, 3, 6].flatMap((layers) => [1, 10, 100].map((size) => chainCase(layers, size))),
  dispatcherCase('sendBatch', 0, 100),
  dispatcherCase('sendBatch', 3, 100),
  dispatcherCase('sendBatch', 3, 10),
  dispatcherCase('send-callback', 3, 1),
  dispatcherCase('send-promise', 3, 1),
];
