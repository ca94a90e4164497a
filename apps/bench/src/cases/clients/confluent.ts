import { confluentAdapter } from '@holdfast/adapter-confluent';
import type { Adapter } from '@holdfast/core';
import type { CaseContext, Prepared } from '../bench-case.js';
import { prepareContest, type AdapterUse, type Manner } from './contest.js';
import type { RawUse } from './raw.js';
import { confluentProduce, confluentSingle } from './raw-confluent.js';

const produce = (windows: readonly number[], attributed: boolean): RawUse[] =>
  windows.flatMap((outstanding) =>
    [0, 5].map((lingerMs) => confluentProduce({ lingerMs, outstanding, attributed })),
  );

const candidates = {
  // As many records in flight as our side may have.
  batched: produce([1_000, 2_000, 5_000], true),
  counted: produce([5_000, 20_000, 100_000], false),
  single: [confluentSingle(10_000, 5), confluentSingle(10_000, 0), confluentSingle(1_000, 5)],
};

const brokersOf = (brokers: readonly string[]) => ({ 'bootstrap.servers': brokers.join(',') });

export const adapter = (brokers: readonly string[]): Adapter => confluentAdapter(brokersOf(brokers));

/** With the adapter's own linger, and with one that the raw side has too. */
const adapters: readonly AdapterUse[] = [
  { settings: { ourLingerMs: 'default' }, make: adapter },
  {
    settings: { ourLingerMs: 5 },
    make: (brokers) => confluentAdapter({ ...brokersOf(brokers), 'linger.ms': 5 }),
  },
];

export const prepareConfluent = (
  rival: keyof typeof candidates,
  options: Manner,
  context: CaseContext,
): Promise<Prepared> => prepareContest({ ...options, adapters, candidates: candidates[rival] }, context);
