import { ratioAtMost } from '../../measure/goal.js';
import type { BenchCase } from '../bench-case.js';
import type { ClientName, Manner } from './traces.js';

const manners: { readonly [manner in Manner]: string } = {
  'in-a-request': 'ten records a request, each request a span that 1 % of are sampled',
  'same-header': 'the same, against records to which the caller has given such a header',
  'sampled-only': "the same with propagate: 'sampled'",
  roots: 'records that each begin a trace, of which 1 % are sampled',
};

const tracesCase = (client: ClientName, manner: Manner): BenchCase => ({
  name: `traces/${client}/${manner}`,
  summary: `CPU per record of metrics with spans against metrics without, through buffer and retry over ${client}: ${manners[manner]}`,
  unit: 'ns/record',
  shows: 'ratio',
  // What the SDK needs for a span that nobody sees is not ours to promise.
  goal: manner === 'roots' ? undefined : ratioAtMost(1.05),
  needs: 'mock',
  records: 100_000,
  prepare: async (context) => (await import('./traces.js')).prepareTraces(client, manner, context),
});

/** The cost of spans where 1 % are sampled. */
export const tracesCases: readonly BenchCase[] = (['kafkajs', 'confluent'] as const).flatMap((client) =>
  (['in-a-request', 'same-header', 'sampled-only', 'roots'] as const).map((manner) =>
    tracesCase(client, manner),
  ),
);
