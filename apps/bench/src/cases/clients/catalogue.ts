import { ratioAtLeast } from '../../measure/goal.js';
import type { BenchCase, CaseContext, Prepared } from '../bench-case.js';
import { sizes } from '../sizes.js';
import { comparisons, type Comparison } from './comparisons.js';
import type { Manner } from './contest.js';

const rivals = {
  batched: 'the same client in its fastest batched use',
  counted: 'the same client, counting reports that it knows no record of',
  single: 'concurrent single sends of the same client',
  java: "Java's own producer, acks=all and else its defaults",
  'java-tuned': "Java's own producer, acks=all, tuned for throughput",
};

function caseOf(comparison: Comparison, size: (typeof sizes)[number], needs: 'kafka' | 'mock'): BenchCase {
  const { client, rival, style, goals, records, rawShare, journaled = false } = comparison;
  const goal = goals[size.name];
  return {
    name: `${journaled ? 'journal-' : ''}${client}-vs-${rival}/${style}/${size.name}/${needs}`,
    summary: `producer.send with ${style} through ${journaled ? 'journal, ' : ''}buffer and retry over ${client}, against ${rivals[rival]}`,
    unit: 'records/s',
    shows: 'ratio',
    goal: goal === undefined ? undefined : ratioAtLeast(goal),
    needs,
    records: records[size.name] ?? 0,
    prepare: (context) =>
      prepare(
        comparison,
        { style, valueBytes: size.bytes, journaled, ...(rawShare && { rawShare }) },
        context,
      ),
  };
}

async function prepare(
  { client, rival }: Comparison,
  options: Manner,
  context: CaseContext,
): Promise<Prepared> {
  if (client === 'kafkajs') return (await import('./kafkajs.js')).prepareKafkajs(rival, options, context);
  return (await import('./confluent.js')).prepareConfluent(rival, options, context);
}

/**
 * Holdfast over each client against the client alone, on real Kafka and on the mock cluster; and
 * against Java's producer.
 */
export const clientCases: readonly BenchCase[] = (['kafka', 'mock'] as const).flatMap((needs) =>
  comparisons
    // Java's producer shares its processors with the brokers: on the mock cluster the case would
    // measure that cluster.
    .filter(({ rival }) => needs === 'kafka' || !rival.startsWith('java'))
    .flatMap((comparison) =>
      sizes
        .filter(({ name }) => comparison.records[name] !== undefined)
        .map((size) => caseOf(comparison, size, needs)),
    ),
);
