import { collectGarbage, timed } from '../../measure/sample.js';
import type { RawProducer, RawUse } from './raw.js';
import type { BenchRecord } from './records.js';

const rounds = 3;

export interface Tuned {
  readonly use: RawUse;
  readonly producer: RawProducer;
}

/**
 * Runs every candidate in turn, three times over, and keeps the one that was fastest once: what slows a run down is mostly
 * the machine, and a side shall have the benefit of the doubt. One that the brokers refuse (a request larger than they
 * take) drops out.
 */
export async function fastest(
  candidates: readonly RawUse[],
  brokers: readonly string[],
  records: readonly BenchRecord[],
  count: number,
  log: (line: string) => void,
): Promise<Tuned> {
  let open: (Tuned & { bestNs: number })[] = [];
  for (const use of candidates) open.push({ use, producer: await use.open(brokers), bestNs: Infinity });
  for (let round = 0; candidates.length > 1 && round < rounds; round++) {
    for (const one of open) {
      const ns = await timeOf(one, records, count, log);
      // The first round is the warm-up.
      if (ns === undefined) open = open.filter((other) => other !== one);
      else if (round > 0) one.bestNs = Math.min(one.bestNs, ns);
    }
  }
  const [best, ...others] = open.sort((a, b) => a.bestNs - b.bestNs);
  if (best === undefined) throw new Error('no candidate is left to compare');
  for (const { producer } of others) await producer.close();
  for (const { use, bestNs } of others.length === 0 ? [] : open) {
    log(`  ${JSON.stringify(use.settings)}: ${Math.round(1e9 / bestNs).toLocaleString('en-US')} records/s`);
  }
  return best;
}

/** `undefined`: it cannot send these records. */
async function timeOf(
  { use, producer }: Tuned,
  records: readonly BenchRecord[],
  count: number,
  log: (line: string) => void,
): Promise<number | undefined> {
  collectGarbage();
  try {
    return (await timed(count, () => producer.send(records, count))).wallNs;
  } catch (error) {
    log(
      `  ${JSON.stringify(use.settings)}: drops out: ${error instanceof Error ? error.message : String(error)}`,
    );
    await producer.close();
    return undefined;
  }
}
