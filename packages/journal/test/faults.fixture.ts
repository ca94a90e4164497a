import type { DiskFaultEffect, SimulatedDisk } from '@holdfast/testing';
import { expect } from 'vitest';
import type { JournalOptions } from '../src/options.js';
import { newDisk, Process, World } from './world.fixture.js';

const small = { acknowledge: 'journaled', maxBytes: 256 * 1024 } as const;

/** Which calls to the disk a fault hits, one per run: every `step`-th from `first` on. */
export interface Calls {
  readonly first: number;
  readonly step: number;
}

export const everyCall: Calls = { first: 1, step: 1 };

/**
 * Every fifth call, so that both writes and syncs, which alternate, are hit. Faults with places of
 * their own hit every call between them.
 */
export const everyFifthCall = (place: number): Calls => ({ first: 1 + (place % 5), step: 5 });

export type Stop = 'before' | 'during' | 'after';
export const stops: readonly Stop[] = ['before', 'during', 'after'];
export const failures: readonly DiskFaultEffect[] = [
  { error: 'EIO' },
  { error: 'ENOSPC' },
  { error: 'EIO', bytes: 100 },
  { bytes: 7 },
];

/**
 * Sends many small batches over several segments, with Kafka away in the middle; the same each
 * time.
 */
async function work(world: World, process: Process): Promise<void> {
  await process.start();
  for (let round = 0; round < 12; round++) {
    world.broker = round % 4 === 2 ? 'down' : 'up';
    process.send(15, { valueBytes: 150 });
    await process.clock.advance(7);
    if (process.disk.dead) return;
  }
  world.broker = 'up';
  await process.drain();
  await process.close();
}

/** The process after the one that died: it delivers what was left. */
async function takeOver(
  world: World,
  disk: SimulatedDisk,
  journal: Partial<JournalOptions> = small,
): Promise<void> {
  world.broker = 'up';
  const process = new Process(world, { disk, journal });
  await process.start();
  process.send(10);
  await process.drain();
  if (!disk.dead) await process.close();
}

async function countCalls(): Promise<number> {
  const world = new World();
  const disk = newDisk();
  await work(world, new Process(world, { disk, journal: small }));
  expect(world.problems()).toEqual([]);
  expect(disk.calls.mutations).toBeGreaterThan(50);
  return disk.calls.mutations;
}

/** Runs the work once per call with the fault at it; then `check`. */
async function atEach(
  { first, step }: Calls,
  effect: DiskFaultEffect,
  check: (world: World, disk: SimulatedDisk, where: string, thrown: unknown) => Promise<void>,
): Promise<void> {
  const calls = await countCalls();
  for (let call = first; call <= calls; call += step) {
    const world = new World();
    const disk = newDisk(call);
    disk.faults.at({ call }, effect);
    const thrown: unknown = await work(world, new Process(world, { disk, journal: small })).then(
      () => undefined,
      (error: unknown) => error,
    );
    await check(world, disk, `call ${call} of ${calls}, ${JSON.stringify(effect)}`, thrown);
  }
}

/**
 * Checks that a process that dies at a call loses nothing, whether the next start finds what was
 * written or what was durable.
 */
export async function dies(
  calls: Calls,
  stop: Stop,
  end: 'kill' | 'crash',
  corruption: JournalOptions['corruption'] = 'salvage',
): Promise<void> {
  await atEach(calls, { stop }, async (world, disk, where, thrown) => {
    if (!disk.dead) throw thrown;
    await takeOver(world, disk[end](), { ...small, corruption });
    expect(world.problems(), where).toEqual([]);
  });
}

/** The same, for a process whose successor dies as well, and the one after that. */
export async function diesAgain({ first, step }: Calls): Promise<void> {
  const world = new World();
  const dead = newDisk();
  dead.faults.at({ call: 60 }, { stop: 'during' });
  await work(world, new Process(world, { disk: dead, journal: small })).catch(() => undefined);
  const left = dead.crash();
  for (let call = first; ; call += step) {
    const again = world.copy();
    let disk = left.fork();
    disk.faults.at({ call }, { stop: 'during' });
    await takeOver(again, disk).catch(() => undefined);
    if (!disk.dead) {
      expect(call).toBeGreaterThan(10);
      return;
    }
    disk = disk.crash();
    disk.faults.at({ call: (call % 5) + 1 }, { stop: 'after' });
    await takeOver(again, disk).catch(() => undefined);
    await takeOver(again, disk.crash());
    expect(again.problems(), `call ${call}`).toEqual([]);
  }
}

/**
 * Checks that a disk of which one call fails, or writes only a part, loses nothing that was
 * acknowledged.
 */
export async function failsOnce(calls: Calls, effect: DiskFaultEffect): Promise<void> {
  await atEach(calls, effect, async (world, disk, where, thrown) => {
    // Only a start, or the very last frame, may reject with it.
    if (thrown !== undefined) expect(thrown, where).toMatchObject({ code: /JOURNAL|EIO|ENOSPC/ });
    await takeOver(world, disk.crash({ keep: 'none' }));
    expect(world.problems(), where).toEqual([]);
  });
}
