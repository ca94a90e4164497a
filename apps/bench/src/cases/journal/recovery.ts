import { statOf } from '@holdfast/testing';
import { execFile } from 'node:child_process';
import { open, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { rateOf, timed, type Sample } from '../../measure/sample.js';
import type { CaseContext, Prepared } from '../bench-case.js';
import { openBenchJournal } from './bench-journal.js';
import { ownFolder } from './folder.js';

const batch = 1_000;
const value = Buffer.alloc(1024, 'v');
const chunkBytes = 4 * 1024 * 1024;

/**
 * A start with this many waiting records, until it takes new ones, against a read of the same
 * files.
 */
export async function prepareRecovery({ records, log }: CaseContext): Promise<Prepared> {
  const folder = await ownFolder();
  const directory = join(folder.path, 'outbox');
  const filled = await openBenchJournal({ directory, delivers: false });
  await filled.appendAll(Math.ceil(records / batch), batch, value);
  await filled.close();
  const isCold = await dropCaches();
  log(
    isCold
      ? 'the page cache is dropped before each run'
      : 'the page cache cannot be dropped here: all runs are warm',
  );
  return {
    ours: async () => {
      await dropCaches();
      let journal: Awaited<ReturnType<typeof openBenchJournal>> | undefined;
      const sample = await rate(records, async () => {
        journal = await openBenchJournal({ directory, delivers: false });
      });
      const waiting = journal === undefined ? NaN : Number(statOf(journal.stage, 'backlogRecords'));
      if (waiting !== Math.ceil(records / batch) * batch) throw new Error(`${waiting} records were found`);
      await journal?.close();
      return sample;
    },
    raw: async () => {
      await dropCaches();
      return rate(records, () => readAll(directory));
    },
    details: { valueBytes: value.length, cold: isCold ? 'yes' : 'no' },
    close: folder.remove,
  };
}

async function rate(records: number, work: () => Promise<void>): Promise<Sample> {
  const timing = await timed(records, work);
  return { value: rateOf(timing), timing };
}

/** Two buffers that take turns, as in any fast reader. */
async function readAll(directory: string): Promise<void> {
  const buffers = [Buffer.allocUnsafeSlow(chunkBytes), Buffer.allocUnsafeSlow(chunkBytes)];
  for (const name of await readdir(directory)) {
    if (!name.endsWith('.segment')) continue;
    const file = await open(join(directory, name), 'r');
    for (let at = 0, turn = 0; ; turn = 1 - turn) {
      const { bytesRead } = await file.read(buffers[turn] ?? Buffer.alloc(0), 0, chunkBytes, at);
      if (bytesRead === 0) break;
      at += bytesRead;
    }
    await file.close();
  }
}

/** Returns false where this user may not. */
async function dropCaches(): Promise<boolean> {
  try {
    await promisify(execFile)('sync');
    await writeFile('/proc/sys/vm/drop_caches', '1');
    return true;
  } catch {
    return false;
  }
}
