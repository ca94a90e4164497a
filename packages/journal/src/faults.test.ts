import type { DiskFaultEffect, SimulatedDisk } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import type { JournalOptions } from './options.js';
import { newDisk, Process, World } from './world.fixture.js';

const small = { acknowledge: 'journaled', maxBytes: 256 * 1024 } as const;

/** Many small batches over several segments, Kafka away in the middle; the same each time. */
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

/** The process after the one that died: delivers what was left. */
async function takeOver(
  world: World,
  disk: SimulatedDisk,
  journal: Partial<JournalOptions>,
): Promise<Process> {
  world.broker = 'up';
  const process = new Process(world, { disk, journal });
  await process.start();
  process.send(10);
  await process.drain();
  if (!disk.dead) await process.close();
  return process;
}

async function callsOf(run: (world: World, process: Process) => Promise<void>): Promise<number> {
  const world = new World();
  const disk = newDisk();
  await run(world, new Process(world, { disk, journal: small }));
  expect(world.problems()).toEqual([]);
  return disk.calls.mutations;
}

/** Runs the work with the fault at one call after the other; a process that has not started is no problem of the journal's. */
async function atEachCall(
  effect: DiskFaultEffect,
  check: (world: World, disk: SimulatedDisk, where: string) => Promise<void>,
): Promise<void> {
  const calls = await callsOf(work);
  expect(calls).toBeGreaterThan(50);
  for (let call = 1; call <= calls; call++) {
    const world = new World();
    const disk = newDisk(call);
    disk.faults.at({ call }, effect);
    const process = new Process(world, { disk, journal: small });
    await work(world, process).catch((error: unknown) => {
      if (!disk.dead) throw error;
    });
    await check(world, disk, `call ${call} of ${calls}, ${JSON.stringify(effect)}`);
  }
}

describe('a process that dies at any call to the disk', () => {
  it.each(['before', 'during', 'after'] as const)('is killed %s it, and nothing is lost', async (stop) => {
    await atEachCall({ stop }, async (world, disk, where) => {
      await takeOver(world, disk.kill(), small);
      expect(world.problems(), where).toEqual([]);
    });
  });

  it.each(['before', 'during', 'after'] as const)('loses power %s it, and nothing is lost', async (stop) => {
    await atEachCall({ stop }, async (world, disk, where) => {
      await takeOver(world, disk.crash(), small);
      expect(world.problems(), where).toEqual([]);
    });
  });

  it('starts after a power loss in the strict mode, too: a crash is no damage', async () => {
    await atEachCall({ stop: 'during' }, async (world, disk, where) => {
      await takeOver(world, disk.crash(), { ...small, corruption: 'strict' });
      expect(world.problems(), where).toEqual([]);
    });
  });

  it('may die again at any call of the recovery, and of the recovery from that', async () => {
    const world = new World();
    const dead = newDisk();
    dead.faults.at({ call: 60 }, { stop: 'during' });
    await work(world, new Process(world, { disk: dead, journal: small })).catch(() => undefined);
    const left = dead.crash();
    for (let call = 1; ; call++) {
      const again = world.copy();
      let disk = left.fork();
      disk.faults.at({ call }, { stop: 'during' });
      await takeOver(again, disk, small).catch(() => undefined);
      if (!disk.dead) return;
      disk = disk.crash();
      disk.faults.at({ call: (call % 5) + 1 }, { stop: 'after' });
      await takeOver(again, disk, small).catch(() => undefined);
      await takeOver(again, disk.crash(), small);
      expect(again.problems(), `call ${call}`).toEqual([]);
    }
  });
});

describe('a disk that fails at any call', () => {
  it.each([{ error: 'EIO' }, { error: 'ENOSPC' }, { error: 'EIO', bytes: 100 }, { bytes: 7 }] as const)(
    'once: %j',
    async (effect) => {
      const calls = await callsOf(work);
      for (let call = 4; call <= calls; call++) {
        const world = new World();
        const disk = newDisk(call);
        disk.faults.at({ call }, effect);
        const process = new Process(world, { disk, journal: small });
        try {
          await work(world, process);
        } catch (error) {
          // Only a start, or the very last frame, may answer with it.
          expect(error, `call ${call}`).toMatchObject({ code: /JOURNAL|EIO|ENOSPC/ });
        }
        await takeOver(world, disk.crash({ keep: 'none' }), small);
        expect(world.problems(), `call ${call} of ${calls}`).toEqual([]);
      }
    },
  );
});
