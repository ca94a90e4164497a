import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { rateOf, timed, type Sample } from '../../measure/sample.js';
import type { CaseContext, Prepared } from '../bench-case.js';
import { bareWrites } from './bare-writes.js';
import { openBenchJournal } from './bench-journal.js';
import { ownFolder } from './folder.js';

const batch = 1_000;
const warmUpBatches = 500;
const value = Buffer.alloc(1024, 'v');

/** Durable append in an outage, against the bare disk. */
export async function prepareAppend({ records }: CaseContext): Promise<Prepared> {
  const folder = await ownFolder();
  const batches = Math.max(1, Math.round(records / batch));
  return {
    ours: () => append(folder.path, batches, false),
    raw: () =>
      inFolder(folder.path, (directory) =>
        measured(batches, () => bareWrites(directory, batches, batch, value.length)),
      ),
    details: { batch, valueBytes: value.length },
    close: folder.remove,
  };
}

/** Append, acknowledge and reclaim, against append alone. */
export async function prepareReclaim({ records }: CaseContext): Promise<Prepared> {
  const folder = await ownFolder();
  const batches = Math.max(1, Math.round(records / batch));
  return {
    ours: () => append(folder.path, batches, true),
    raw: () => append(folder.path, batches, false),
    details: { batch, valueBytes: value.length },
    close: folder.remove,
  };
}

const append = (folder: string, batches: number, delivers: boolean): Promise<Sample> =>
  inFolder(folder, async (directory) => {
    const journal = await openBenchJournal({
      directory,
      delivers,
      maxInFlightBytes: 256 * 1024 ** 2,
    });
    // A journal stays open as long as its service: V8's optimization is not charged to its first
    // second.
    await journal.appendAll(warmUpBatches, batch, value);
    const sample = await measured(batches, () => journal.appendAll(batches, batch, value));
    await journal.close();
    return sample;
  });

/** As against the stores, each run pays for its own garbage. */
async function measured(batches: number, work: () => Promise<void>): Promise<Sample> {
  const timing = await timed(batches * batch, work);
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
