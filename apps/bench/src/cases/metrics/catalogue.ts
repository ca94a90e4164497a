import { oursAtMost, ratioAtLeast } from '../../measure/goal.js';
import type { BenchCase } from '../bench-case.js';
import type { Chain, ClientName } from './with-sdk.js';

const chains: { readonly [chain in Chain]: string } = {
  'in-memory': 'recommended()',
  journal: 'recommended({ journal }) on a disk',
};

const sdkCase = (client: ClientName, chain: Chain): BenchCase => ({
  name: `metrics-sdk/${client}/${chain}`,
  summary: `${chains[chain]} over ${client} with the metrics of an SDK that collects each second, against metrics: false`,
  unit: 'records/s',
  shows: 'ratio',
  goal: ratioAtLeast(0.9),
  needs: 'mock',
  records: 200_000,
  prepare: async (context) => (await import('./with-sdk.js')).prepareWithSdk(client, chain, context),
});

/** The cost of metrics while no SDK is registered. */
export const metricsCases: readonly BenchCase[] = [
  {
    name: 'metrics-without-sdk/batch-100',
    summary:
      'CPU per record that metrics() without an SDK adds to six pass-through layers, against these alone',
    unit: 'ns/record',
    shows: 'ours',
    goal: oursAtMost(10),
    records: 10_000_000,
    prepare: async (context) => (await import('./without-sdk.js')).prepareWithoutSdk(context),
  },
];

/** Their cost with one, on a cluster that itself costs next to nothing. */
export const sentMetricsCases: readonly BenchCase[] = [
  sdkCase('kafkajs', 'in-memory'),
  sdkCase('confluent', 'in-memory'),
  sdkCase('confluent', 'journal'),
];
