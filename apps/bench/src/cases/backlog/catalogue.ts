import { oursAtMost, ratioAtMost } from '../../measure/goal.js';
import type { BenchCase } from '../bench-case.js';
import { sizes } from '../sizes.js';

const million = 1_000_000;

/** What it costs to let a million records wait. */
export const backlogCases: readonly BenchCase[] = [
  ...sizes.map(
    ({ name, bytes }): BenchCase => ({
      name: `backlog-memory/${name}`,
      summary: `bytes beyond the payload that a waiting record takes, against an array of plain records`,
      unit: 'bytes/record',
      shows: 'ours',
      goal: oursAtMost(128),
      records: million,
      prepare: async (context) => (await import('./memory.js')).prepareMemory(bytes, context),
    }),
  ),
  ...sizes.map(
    ({ name, bytes }): BenchCase => ({
      name: `backlog-cost/${name}/no-io`,
      summary: `CPU per record in and out, without I/O, with 1,000,000 waiting, against 10,000 waiting`,
      unit: 'ns/record',
      shows: 'ratio',
      goal: undefined,
      records: million,
      prepare: async (context) => (await import('./cost.js')).prepareCost(bytes, context),
    }),
  ),
];

/** The same with a client below. */
export const sentBacklogCases: readonly BenchCase[] = sizes.map(
  ({ name, bytes }): BenchCase => ({
    name: `backlog-cost/${name}/kafkajs-mock`,
    summary: `CPU per record that is sent over kafkajs with 1,000,000 waiting, against 10,000 waiting`,
    unit: 'ns/record',
    shows: 'ratio',
    goal: ratioAtMost(1.3),
    needs: 'mock',
    records: million,
    prepare: async (context) => (await import('./cost.js')).prepareSentCost(bytes, context),
  }),
);
