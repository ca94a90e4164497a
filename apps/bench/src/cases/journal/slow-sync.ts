import { join } from 'node:path';
import { buffer } from '@holdfast/buffer';
import { createProducer } from '@holdfast/core';
import { nodeDisk, type Disk, type DiskFile } from '@holdfast/core/stage';
import { journal } from '@holdfast/journal';
import { retry } from '@holdfast/retry';
import { collectGarbage, type Sample } from '../../measure/sample.js';
import type { CaseContext, Prepared } from '../bench-case.js';
import { adapterOf } from '../clients/adapter-of.js';
import { withPromises } from '../clients/callers.js';
import { inThisProcess, type RawUse } from '../clients/raw.js';
import { makeRecords, recordAt } from '../clients/records.js';
import { fastest } from '../clients/tune.js';
import { ownFolder } from './folder.js';

type Client = Parameters<typeof adapterOf>[0];

const valueBytes = 1024;
/** Records in flight; each side gets the number that suits it. */
const callerCounts = [1_000, 2_000, 5_000];

/**
 * The whole chain on a disk whose every sync takes this long, against the same chain on the disk as
 * it is.
 */
export async function prepareSlowSync(
  client: Client,
  syncMs: number,
  { brokers, topic, records: count, quick, log }: CaseContext,
): Promise<Prepared> {
  const records = makeRecords(topic, count, valueBytes);
  const folder = await ownFolder();
  const counts = quick ? callerCounts.slice(-1) : callerCounts;
  const tuned = (name: string, disk: Disk): ReturnType<typeof fastest> =>
    fastest(
      counts.map((callers) => chain(client, callers, join(folder.path, `${name}-${callers}`), disk)),
      brokers,
      records,
      count,
      log,
    );
  const slow = await tuned('slow', slowed(nodeDisk, syncMs));
  const plain = await tuned('plain', nodeDisk);
  const run = (use: typeof slow): Promise<Sample> => {
    collectGarbage();
    return use.producer.send(records, count);
  };
  return {
    ours: () => run(slow),
    raw: () => run(plain),
    details: { valueBytes, syncMs, ...slow.use.settings },
    close: async () => {
      await slow.producer.close();
      await plain.producer.close();
      await folder.remove();
    },
  };
}

const chain = (client: Client, callers: number, directory: string, disk: Disk): RawUse => ({
  settings: { callers },
  open: async (brokers) => {
    const producer = await createProducer({
      adapter: await adapterOf(client, brokers),
      use: [journal({ directory }), buffer(), retry()],
      requireBroker: true,
      env: { disk },
    });
    return inThisProcess(
      (records, count) => withPromises(count, callers, (index) => producer.send(recordAt(records, index))),
      async () => void (await producer.close()),
    );
  },
});

const slowed = (disk: Disk, syncMs: number): Disk => ({
  info: (path) => disk.info(path),
  makeDirectory: (path) => disk.makeDirectory(path),
  list: (path) => disk.list(path),
  open: async (path, mode) => slowedFile(await disk.open(path, mode), syncMs),
  rename: (from, to) => disk.rename(from, to),
  remove: (path) => disk.remove(path),
  syncDirectory: (path) => disk.syncDirectory(path),
  lock: (directory) => disk.lock(directory),
});

const slowedFile = (file: DiskFile, syncMs: number): DiskFile => ({
  write: (buffers, position) => file.write(buffers, position),
  read: (into, position) => file.read(into, position),
  sync: async () => {
    await Promise.all([file.sync(), new Promise((resolve) => setTimeout(resolve, syncMs))]);
  },
  truncate: (bytes) => file.truncate(bytes),
  info: () => file.info(),
  close: () => file.close(),
});
