import { fakeClock, simulatedDisk, type FakeClock, type SimulatedDisk } from '@holdfast/testing';
import { expect } from 'vitest';
import { isHarmless } from '../src/damage.js';
import { Harness } from './harness.fixture.js';
import type { JournalOptions } from '../src/options.js';

export const directory = '/a/b/outbox';
export const record = { topic: 'orders', key: 'k', value: 'v' };
export const records = (count: number): (typeof record)[] => Array.from({ length: count }, () => record);

/** Path of the file that the first records go into. */
export const first = `${directory}/0000000001.preparing`;

export interface Running {
  readonly one: Harness;
  readonly clock: FakeClock;
  readonly disk: SimulatedDisk;
}

export async function running(
  options: Partial<JournalOptions> = {},
  syncMs = 0,
  prepare: (disk: SimulatedDisk) => void = () => undefined,
): Promise<Running> {
  const clock = fakeClock();
  const disk = simulatedDisk({ clock, syncMs });
  const journal = {
    directory,
    acknowledge: 'journaled',
    segmentBytes: 16 * 1024,
    maxBytes: 2 ** 20,
    ...options,
  } as const;
  prepare(disk);
  const one = new Harness({ disk, clock, journal });
  await clock.until(one.start());
  await clock.advance(1_000); // the first segment is prepared
  disk.clearLog();
  return { one, clock, disk };
}

/** The same, but after a failed sync each later one of the first segment waits until `go`. */
export async function heldAfterFailure(
  options: Partial<JournalOptions>,
): Promise<Running & { readonly go: () => void }> {
  let go = (): void => undefined;
  const gate = new Promise<void>((resolve) => (go = resolve));
  const held = await running(options, 0, (disk) => {
    const open = disk.open.bind(disk);
    disk.open = async (path, mode) => {
      const file = await open(path, mode);
      const sync = file.sync.bind(file);
      let hasFailed = false;
      if (path !== first) return file;
      file.sync = async () => {
        if (hasFailed) await gate;
        await sync().catch((error: unknown) => {
          hasFailed = true;
          throw error;
        });
      };
      return file;
    };
  });
  return { ...held, go };
}

/** Returns how many records the next start finds, and checks that it finds no damage. */
export async function found(disk: SimulatedDisk, options: Partial<JournalOptions> = {}): Promise<number> {
  const clock = fakeClock();
  const one = new Harness({
    disk,
    clock,
    journal: { directory, segmentBytes: 16 * 1024, maxBytes: 2 ** 20, ...options },
  });
  await clock.until(one.start());
  expect(one.said['journal.damaged'].filter((each) => !isHarmless(each))).toEqual([]);
  return Number(one.stat('backlogRecords'));
}
