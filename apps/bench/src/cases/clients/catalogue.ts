import { ratioAtLeast, type Goal } from '../../measure/goal.js';
import type { BenchCase, CaseContext, ClusterNeed, Prepared } from '../bench-case.js';
import { sizes } from '../sizes.js';
import type { ContestOptions } from './contest.js';

type Style = ContestOptions['style'];
type Size = (typeof sizes)[number];

interface Comparison {
  readonly client: 'kafkajs' | 'confluent';
  readonly rival: 'batched' | 'counted' | 'single';
  readonly style: Style;
  readonly goal: (size: Size) => Goal | undefined;
  /** In one run of our side, by size: about a second's worth. */
  readonly records: Readonly<Record<Size['name'], number>>;
  readonly rawShare?: number;
  readonly journaled?: boolean;
}

/** Five times as fast as single sends is what is promised for 1 KiB. */
const singleGoal = ({ name }: Size): Goal | undefined => (name === '1KiB' ? ratioAtLeast(5) : undefined);

const comparisons: readonly Comparison[] = [
  {
    client: 'kafkajs',
    rival: 'batched',
    style: 'promises',
    goal: () => ratioAtLeast(0.9),
    records: { '100B': 100_000, '1KiB': 60_000 },
  },
  {
    client: 'kafkajs',
    rival: 'batched',
    style: 'callbacks',
    goal: () => ratioAtLeast(0.9),
    records: { '100B': 100_000, '1KiB': 60_000 },
  },
  {
    client: 'kafkajs',
    rival: 'single',
    style: 'promises',
    goal: singleGoal,
    records: { '100B': 60_000, '1KiB': 60_000 },
    rawShare: 0.2,
  },
  {
    client: 'confluent',
    rival: 'batched',
    style: 'promises',
    goal: () => ratioAtLeast(0.85),
    records: { '100B': 200_000, '1KiB': 100_000 },
  },
  {
    client: 'confluent',
    rival: 'batched',
    style: 'callbacks',
    goal: () => ratioAtLeast(0.92),
    records: { '100B': 200_000, '1KiB': 100_000 },
  },
  {
    client: 'confluent',
    rival: 'counted',
    style: 'callbacks',
    goal: () => undefined,
    records: { '100B': 200_000, '1KiB': 100_000 },
  },
  {
    client: 'confluent',
    rival: 'single',
    style: 'promises',
    goal: () => undefined,
    records: { '100B': 100_000, '1KiB': 100_000 },
    rawShare: 0.5,
  },
  ...journaled('kafkajs', 'promises', 0.9),
  ...journaled('confluent', 'promises', 0.75),
  ...journaled('confluent', 'callbacks', 0.85),
];

function journaled(client: Comparison['client'], style: Style, goal: number): Comparison[] {
  const records = client === 'kafkajs' ? 60_000 : 100_000;
  return [
    {
      client,
      rival: 'batched',
      style,
      goal: () => ratioAtLeast(goal),
      records: { '100B': records, '1KiB': records },
      journaled: true,
    },
  ];
}

const rivals = {
  batched: 'the same client in its fastest batched use',
  counted: 'the same client, counting reports that it knows no record of',
  single: 'concurrent single sends of the same client',
};

function caseOf(comparison: Comparison, size: Size, needs: ClusterNeed): BenchCase {
  const { client, rival, style, goal, records, rawShare, journaled: isJournaled } = comparison;
  return {
    name: `${isJournaled ? 'journal-' : ''}${client}-vs-${rival}/${style}/${size.name}/${needs}`,
    summary: `producer.send with ${style} through ${isJournaled ? 'journal, ' : ''}buffer and retry over ${client}, against ${rivals[rival]}`,
    unit: 'records/s',
    shows: 'ratio',
    goal: goal(size),
    needs,
    records: records[size.name],
    prepare: (context) =>
      prepare(
        client,
        rival,
        {
          style,
          valueBytes: size.bytes,
          ...(rawShare && { rawShare }),
          ...(isJournaled && { journaled: true }),
        },
        context,
      ),
  };
}

async function prepare(
  client: Comparison['client'],
  rival: Comparison['rival'],
  options: Pick<ContestOptions, 'style' | 'valueBytes' | 'rawShare' | 'journaled'>,
  context: CaseContext,
): Promise<Prepared> {
  if (client === 'kafkajs' && rival !== 'counted') {
    return (await import('./kafkajs.js')).prepareKafkajs(rival, options, context);
  }
  return (await import('./confluent.js')).prepareConfluent(rival, options, context);
}

/** Holdfast over each client against the client alone, on real Kafka and on the mock cluster. */
export const clientCases: readonly BenchCase[] = (['kafka', 'mock'] as const).flatMap((needs) =>
  comparisons.flatMap((comparison) => sizes.map((size) => caseOf(comparison, size, needs))),
);
