import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { collectGarbage, rateOf, timed, type Sample } from '../../measure/sample.js';
import type { CaseContext, Prepared } from '../bench-case.js';
import { appendInTurn, openBenchJournal } from './bench-journal.js';
import { ownFolder } from './folder.js';
import { stores, type Store } from './stores.js';

const value = Buffer.alloc(1024, 'v');

/** Durable append and durable removal, a batch after the other, against the fastest of the stores. */
export async function prepareAgainstStores(
  size: number,
  { records, quick, log }: CaseContext,
): Promise<Prepared> {
  const folder = await ownFolder();
  const batches = Math.max(1, Math.round(records / size));
  const tries = quick ? stores.slice(0, 1) : stores;
  let best: { readonly store: Store; readonly rate: number } | undefined;
  for (const store of tries) {
    const { value: rate } = await runStore(store, folder.path, Math.ceil(batches / 4), size);
    log(`${store.name}: ${Math.round(rate)} records/s`);
    if (best === undefined || rate > best.rate) best = { store, rate };
  }
  const rival = best?.store;
  if (rival === undefined) throw new Error('there is no store to compare with');
  return {
    ours: () => runOurs(folder.path, batches, size),
    raw: () => runStore(rival, folder.path, batches, size),
    details: { batch: size, valueBytes: value.length, rival: rival.name },
    close: folder.remove,
  };
}

const runOurs = (folder: string, batches: number, size: number): Promise<Sample> =>
  inFolder(folder, async (directory) => {
    const { stage, close } = await openBenchJournal({ directory, delivers: true });
    const sample = await measured(batches * size, () => appendInTurn(stage, batches, size, value));
    await close();
    return sample;
  });

const runStore = (store: Store, folder: string, batches: number, size: number): Promise<Sample> =>
  inFolder(folder, async (directory) => {
    const open = await store.open(directory);
    const values = Array.from({ length: size }, () => value);
    const sample = await measured(batches * size, async () => {
      for (let i = 0; i < batches; i++) {
        await open.append(values);
        await open.remove(size);
      }
    });
    await open.close();
    return sample;
  });

async function measured(records: number, work: () => Promise<void>): Promise<Sample> {
  collectGarbage();
  const timing = await timed(records, work);
  return { value: rateOf(timing), timing };
}

async function inFolder<T>(folder: string, work: (directory: string) => Promise<T>): Promise<T> {
  const directory = join(folder, 'run');
  await mkdir(directory, { mode: 0o700 });
  try {
    return await work(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
