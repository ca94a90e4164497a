import { collectGarbage } from '../../measure/sample.js';
import type { RawProducer, RawUse } from './raw.js';
import type { BenchRecord } from './records.js';

const rounds = 3;

export interface Tuned {
  readonly use: RawUse;
  readonly producer: RawProducer;
}

/**
 * Runs every candidate in turn, three times over, and keeps the one with the single fastest run:
 * what slows a run down is mostly the machine, and each side should have the benefit of the doubt.
 * A candidate that the brokers refuse (a request larger than they take) drops out.
 */
export async function fastest(
  candidates: readonly RawUse[],
  brokers: readonly string[],
  records: readonly BenchRecord[],
  count: number,
  log: (line: string) => void,
): Promise<Tuned> {
  let open: (Tuned & { best: number })[] = [];
  for (const use of candidates) open.push({ use, producer: await use.open(brokers), best: 0 });
  for (let round = 0; candidates.length > 1 && round < rounds; round++) {
    for (const one of open) {
      const rate = await rateOf(one, records, count, log);
      // The first round is the warm-up.
      if (rate === undefined) open = open.filter((other) => other !== one);
      else if (round > 0) one.best = Math.max(one.best, rate);
    }
  }
  const [best, ...others] = open.sort((a, b) => b.best - a.best);
  if (best === undefined) throw new Error('no candidate is left to compare');
  for (const { producer } of others) await producer.close();
  for (const { use, best: rate } of others.length === 0 ? [] : open) {
    log(`  ${JSON.stringify(use.settings)}: ${Math.round(rate).toLocaleString('en-US')} records/s`);
  }
  return best;
}

/** Returns records per second; `undefined` when it cannot send these records. */
async function rateOf(
  { use, producer }: Tuned,
  records: readonly BenchRecord[],
  count: number,
  log: (line: string) => void,
): Promise<number | undefined> {
  collectGarbage();
  try {
    return (await producer.send(records, count)).value;
  } catch (error) {
    log(
      `  ${JSON.stringify(use.settings)}: drops out: ${error instanceof Error ? error.message : String(error)}`,
    );
    await producer.close();
    return undefined;
  }
}
