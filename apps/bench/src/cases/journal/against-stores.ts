import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { rateOf, timed, type Sample } from '../../measure/sample.js';
import type { CaseContext, Prepared } from '../bench-case.js';
import { openBenchJournal } from './bench-journal.js';
import { ownFolder } from './folder.js';
import { stores, type OpenStore, type Store } from './stores.js';

const value = Buffer.alloc(1024, 'v');

interface Opened {
  readonly store: Store;
  readonly open: OpenStore;
  rate: number;
}

/**
 * Durable append and durable removal, one batch after the other, against the fastest of the stores.
 */
export async function prepareAgainstStores(
  size: number,
  { records, quick, log }: CaseContext,
): Promise<Prepared> {
  const folder = await ownFolder();
  const batches = Math.max(1, Math.round(records / size));
  // Each stays open, as in a service, so that the warm-up lasts.
  const opened: Opened[] = [];
  for (const store of quick ? stores.slice(0, 1) : stores) {
    const one = { store, open: await store.open(folder.path), rate: 0 };
    opened.push(one);
    one.rate = (await runStore(one.open, Math.ceil(batches / 4), size)).value;
    log(`${store.name}: ${Math.round(one.rate)} records/s`);
  }
  const [best, ...others] = opened.sort((a, b) => b.rate - a.rate);
  if (best === undefined) throw new Error('there is no store to compare with');
  for (const { open } of others) await open.close();
  const directory = join(folder.path, 'outbox');
  await mkdir(directory, { mode: 0o700 });
  const journal = await openBenchJournal({ directory, delivers: true });
  return {
    ours: () => measured(batches * size, () => journal.appendInTurn(batches, size, value)),
    raw: () => runStore(best.open, batches, size),
    details: { batch: size, valueBytes: value.length, rival: best.store.name },
    close: async () => {
      await journal.close();
      await best.open.close();
      await folder.remove();
    },
  };
}

function runStore(open: OpenStore, batches: number, size: number): Promise<Sample> {
  const values = Array.from({ length: size }, () => value);
  return measured(batches * size, async () => {
    for (let i = 0; i < batches; i++) {
      await open.append(values);
      await open.remove(size);
    }
  });
}

/**
 * Each run pays for its own garbage: a forced collection would also make V8 discard what it has
 * optimized.
 */
async function measured(records: number, work: () => Promise<void>): Promise<Sample> {
  const timing = await timed(records, work);
  return { value: rateOf(timing), timing };
}
