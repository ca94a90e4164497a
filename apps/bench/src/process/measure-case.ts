import type { BenchCase } from '../cases/bench-case.js';
import { runPairs } from '../measure/pairs.js';
import { summarize, type Measured } from '../measure/result.js';

export interface MeasureOptions {
  readonly pairs: number;
  /** Default: the case's own number. */
  readonly records?: number | undefined;
  readonly quick: boolean;
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly log: (line: string) => void;
}

/** `--quick` divides the records by this. */
const quickDivisor = 20;

/** Prepares the case, runs its pairs, and cleans up after it. */
export async function measureCase(one: BenchCase, options: MeasureOptions): Promise<Measured> {
  const { pairs, quick, log, brokers, topic } = options;
  const records = options.records ?? (quick ? Math.ceil(one.records / quickDivisor) : one.records);
  const prepared = await one.prepare({ records, quick, brokers, topic, log });
  try {
    const done = await runPairs(prepared, pairs, (count, { ours, raw }) => {
      log(`  ${count === 0 ? 'warm-up' : `pair ${count}`}: ${(ours.value / raw.value).toFixed(3)}`);
    });
    return summarize(one, done, { records, ...prepared.details });
  } finally {
    await prepared.close();
  }
}
