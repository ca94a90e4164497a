import { checkSeeds, simulatedDisk, type DiskErrorCode, type SimulatedDisk } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { directory, Harness, text } from './harness.fixture.js';

const rounds = 12;

/** Twelve rounds of two letters each, over small files. The start may fail. */
async function run(disk: SimulatedDisk): Promise<Harness> {
  const h = new Harness({ file: { directory, maxFileBytes: 4_096 } }, { disk });
  try {
    await h.start();
  } catch {
    // later letters are refused
  }
  for (let i = 0; i < rounds; i++) {
    h.fail([
      { value: `${i}a`, key: 'k' },
      { value: `${i}b${'.'.repeat(500)}`, key: 'k' },
    ]);
    await h.settled();
  }
  await h.env.clock.until(Promise.resolve(h.stage.close?.(h.env.clock.now())));
  return h;
}

/**
 * Returns the letters that were settled as stored and are not on the disk whole, once and in order.
 */
function check(h: Harness, disk: SimulatedDisk): void {
  const stored = h.up.filter(({ outcome }) => outcome?.status === 'dead-lettered');
  const found = h.stored(disk).map(({ record }) => text(record.value));
  const taken = stored.map(({ record }) => text(record.value));
  const missing = taken.filter((value) => !found.includes(value));
  expect(missing).toEqual([]);
  expect(found.filter((value) => taken.includes(value))).toEqual(taken);
  expect(h.up.length).toBe(2 * rounds);
}

async function mutations(): Promise<number> {
  const disk = simulatedDisk();
  await run(disk);
  return disk.calls.mutations;
}

// Hundreds of runs each, which a busy machine may run slowly.
describe('whatever the disk does', { timeout: 120_000 }, () => {
  it.each(['EIO', 'ENOSPC'] as const)(
    'what is settled as stored is stored: %s at each call',
    async (error) => {
      for (let call = 1; call <= (await mutations()); call++) {
        const disk = simulatedDisk({ seed: call });
        disk.faults.at({ call }, { error });
        const h = await run(disk);
        check(h, disk);
        check(h, disk.crash({ seed: call }));
      }
    },
  );

  it('and when it fails from some call on, for a while', async () => {
    for (let call = 1; call <= (await mutations()); call += 3) {
      const disk = simulatedDisk({ seed: call });
      const errors: DiskErrorCode[] = ['EIO', 'ENOSPC', 'EROFS'];
      const error = errors[call % errors.length] ?? 'EIO';
      disk.faults.every(
        { operation: call % 2 === 0 ? 'sync' : 'write', call: 1 + (call % 5) },
        { error, bytes: 7 },
      );
      const h = await run(disk);
      check(h, disk);
      check(h, disk.crash({ seed: call }));
    }
  });

  it('and when the power goes at each call', async () => {
    for (let call = 1; call <= (await mutations()); call++) {
      for (const stop of ['before', 'during', 'after'] as const) {
        const disk = simulatedDisk({ seed: call });
        disk.faults.at({ call }, { stop });
        const h = await run(disk);
        await checkSeeds((seed) => check(h, disk.crash({ seed })), { runs: 3 });
        check(h, disk.kill({ seed: call }));
      }
    }
  });
});
