import { ratioAtMost } from '../../measure/goal.js';
import type { BenchCase } from '../bench-case.js';

const latencyCase = (pace: 'lone' | '1000-a-second', journaled: boolean, limit: number): BenchCase => {
  const lone = pace === 'lone';
  const percent = lone ? 50 : 99;
  const sent = lone ? 'an awaited record, one after the other' : '1,000 records per second';
  return {
    name: `latency/${pace}/${journaled ? 'journal' : 'in-memory'}/p${percent}`,
    summary: `${sent}, through ${journaled ? 'journal, ' : ''}buffer and retry over kafkajs, against kafkajs's send`,
    unit: 'ms',
    shows: 'ratio',
    goal: ratioAtMost(limit),
    needs: 'kafka',
    records: lone ? 3_000 : 5_000,
    prepare: async (context) =>
      (await import('./latency.js')).prepareLatency(
        { everyMs: lone ? undefined : 1, percent, journaled },
        context,
      ),
  };
};

/** How long a caller waits until its record is acknowledged. */
export const latencyCases: readonly BenchCase[] = [
  latencyCase('lone', false, 1),
  latencyCase('lone', true, 1.4),
  latencyCase('1000-a-second', false, 0.5),
  latencyCase('1000-a-second', true, 1),
];
