import type { sizes } from '../sizes.js';
import type { ContestOptions } from './contest.js';

type BySize = { readonly [name in (typeof sizes)[number]['name']]?: number };

interface Against {
  readonly style: ContestOptions['style'];
  /** How many times as fast as the rival, at least; without one for a size the figure is only shown. */
  readonly goals: BySize;
  /** In one run of our side: about a second's worth. Sizes without a number are not compared. */
  readonly records: BySize;
  readonly rawShare?: number;
  readonly journaled?: true;
}

/** One way to send against another. */
export type Comparison = Against &
  (
    | { readonly client: 'kafkajs'; readonly rival: 'batched' | 'single' | 'java' | 'java-tuned' }
    | { readonly client: 'confluent'; readonly rival: 'batched' | 'single' | 'counted' }
  );

const batched = { '100B': 300_000, '1KiB': 150_000 };
const overConfluent = { '100B': 200_000, '1KiB': 100_000 };
/** As many as Java's producer is given after its warm-up: two to four seconds' worth. */
const besideJava = { '1KiB': 600_000 };
const journaled = true;

export const comparisons: readonly Comparison[] = [
  ...(['promises', 'callbacks'] as const).flatMap((style): Comparison[] => [
    { client: 'kafkajs', rival: 'batched', style, goals: { '100B': 2.8, '1KiB': 3 }, records: batched },
    {
      ...{ client: 'kafkajs', rival: 'batched', style, journaled, records: batched },
      goals: { '1KiB': style === 'promises' ? 1.8 : 2 },
    },
  ]),
  {
    ...{ client: 'kafkajs', rival: 'single', style: 'promises', goals: { '1KiB': 5 }, rawShare: 0.1 },
    records: { '100B': 150_000, '1KiB': 150_000 },
  },
  ...(['java', 'java-tuned'] as const).flatMap((rival): Comparison[] => [
    {
      ...{ client: 'kafkajs', rival, style: 'promises', records: besideJava },
      goals: { '1KiB': rival === 'java' ? 1.8 : 1.25 },
    },
    {
      ...{ client: 'kafkajs', rival, style: 'callbacks', journaled, records: besideJava },
      goals: { '1KiB': rival === 'java' ? 1.4 : 1 },
    },
  ]),
  ...(['promises', 'callbacks'] as const).flatMap((style): Comparison[] => {
    const inMemory = style === 'promises' ? 0.85 : 0.92;
    const durable = style === 'promises' ? 0.75 : 0.85;
    const common = { client: 'confluent', rival: 'batched', style, records: overConfluent } as const;
    return [
      { ...common, goals: { '100B': inMemory, '1KiB': inMemory } },
      { ...common, goals: { '100B': durable, '1KiB': durable }, journaled },
    ];
  }),
  { client: 'confluent', rival: 'counted', style: 'callbacks', goals: {}, records: overConfluent },
  {
    ...{ client: 'confluent', rival: 'single', style: 'promises', goals: {}, rawShare: 0.5 },
    records: { '100B': 100_000, '1KiB': 100_000 },
  },
];
