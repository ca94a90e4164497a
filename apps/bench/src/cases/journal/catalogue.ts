import { ratioAtLeast, ratioWithin } from '../../measure/goal.js';
import type { BenchCase } from '../bench-case.js';

const storeGoals = [
  { size: 1, goal: 1, records: 25_000 },
  { size: 10, goal: 2, records: 150_000 },
  { size: 100, goal: 2, records: 500_000 },
  { size: 1_000, goal: 3, records: 1_000_000 },
];

const mebi = 1024 * 1024;
const recoveries = [
  { name: '64MiB', bytes: 64 * mebi, goal: undefined },
  { name: '1GiB', bytes: 1024 * mebi, goal: ratioAtLeast(0.75) },
  { name: '4GiB', bytes: 4096 * mebi, goal: undefined },
];

/** The journal on the real disk, without Kafka. Durable means fdatasync, on both sides. */
export const journalCases: readonly BenchCase[] = [
  {
    name: 'journal-append/1KiB/by-1000',
    summary: 'durable append of batches of 1,000, against a bare writev + fdatasync of the same bytes',
    unit: 'records/s',
    shows: 'ratio',
    goal: ratioAtLeast(0.75),
    records: 500_000,
    prepare: async (context) => (await import('./append.js')).prepareAppend(context),
  },
  {
    name: 'journal-reclaim/1KiB/by-1000',
    summary: 'append, acknowledge and reclaim, against append alone',
    unit: 'records/s',
    shows: 'ratio',
    goal: ratioAtLeast(0.95),
    records: 500_000,
    prepare: async (context) => (await import('./append.js')).prepareReclaim(context),
  },
  ...storeGoals.map(
    ({ size, goal, records }): BenchCase => ({
      name: `journal-vs-stores/1KiB/by-${size}`,
      summary: `durable append and removal, against the fastest of lmdb, better-sqlite3 and classic-level`,
      unit: 'records/s',
      shows: 'ratio',
      goal: ratioAtLeast(goal),
      records,
      prepare: async (context) => (await import('./against-stores.js')).prepareAgainstStores(size, context),
    }),
  ),
  ...recoveries.map(
    ({ name, bytes, goal }): BenchCase => ({
      name: `journal-recovery/${name}`,
      summary:
        'a start with that much waiting, until it takes records, against a bare read of the same files',
      unit: 'records/s',
      shows: 'ratio',
      goal,
      records: Math.round(bytes / 1042),
      prepare: async (context) => (await import('./recovery.js')).prepareRecovery(context),
    }),
  ),
];

/** The whole chain with a journal, on Kafka, against itself. */
export const journaledCases: readonly BenchCase[] = [
  ...(['kafkajs', 'confluent'] as const).flatMap((client) =>
    [1, 5, 10].map(
      (syncMs): BenchCase => ({
        name: `journal-slow-sync/${client}/${syncMs}ms`,
        summary: `journal, buffer and retry over ${client} when every sync takes ${syncMs} ms, against the disk as it is`,
        unit: 'records/s',
        shows: 'ratio',
        goal: ratioAtLeast(0.5),
        needs: 'kafka',
        records: 60_000,
        prepare: async (context) => (await import('./slow-sync.js')).prepareSlowSync(client, syncMs, context),
      }),
    ),
  ),
  ...[50, 99].map(
    (percent): BenchCase => ({
      name: `journal-latency/p${percent}/down-vs-up`,
      summary: `how long a journaled send takes when no broker can be reached, against Kafka up`,
      unit: 'ms',
      shows: 'ratio',
      goal: ratioWithin(2),
      needs: 'kafka',
      records: 1_000,
      prepare: async (context) => (await import('./latency.js')).prepareLatency(percent, context),
    }),
  ),
];
