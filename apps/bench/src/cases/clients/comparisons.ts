import type { sizes } from '../sizes.js';
import type { ContestOptions } from './contest.js';

type BySize = { readonly [name in (typeof sizes)[number]['name']]?: number };

interface Against {
  readonly style: ContestOptions['style'];
  /**
   * How many times as fast as the rival, at least. For a size without one, the figure is only
   * shown.
   */
  readonly goals: BySize;
  /**
   * In one run of our side: about three seconds' worth, as the forced garbage collection before
   * each run discards what V8 has optimized. Sizes without a number are not compared.
   */
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

const overKafkajs = { '100B': 900_000, '1KiB': 600_000 };
const overConfluent = { '100B': 600_000, '1KiB': 300_000 };
const besideJava = { '1KiB': overKafkajs['1KiB'] };
const journaled = true;

export const comparisons: readonly Comparison[] = [
  ...(['promises', 'callbacks'] as const).flatMap((style): Comparison[] => {
    const common = {
      client: 'kafkajs',
      rival: 'batched',
      style,
      records: overKafkajs,
      rawShare: 1 / 3,
    } as const;
    return [
      { ...common, goals: { '100B': 2.8, '1KiB': 3 } },
      { ...common, goals: { '1KiB': style === 'promises' ? 1.8 : 2 }, journaled },
    ];
  }),
  {
    ...{ client: 'kafkajs', rival: 'single', style: 'promises', goals: { '1KiB': 5 }, rawShare: 0.04 },
    records: overKafkajs,
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
    records: overConfluent,
  },
];
