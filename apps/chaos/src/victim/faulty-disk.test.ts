import { simulatedDisk } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { FaultyDisk, type DiskFault } from './faulty-disk.js';

const bytes = [Buffer.from('x')];

/** The results of five writes, the third of them after the producer is open. */
async function writes(fault: DiskFault): Promise<string[]> {
  let strikes = 0;
  const disk = new FaultyDisk(simulatedDisk({ seed: 1 }), fault, () => strikes++);
  const file = await disk.open('/file', 'create');
  const results: string[] = [];
  for (let i = 0; i < 5; i++) {
    if (i === 2) disk.opened();
    const result = await file.write(bytes, i).catch((error: unknown) => String(error));
    results.push(String(result));
    await file.sync();
  }
  expect(strikes).toBe(1);
  return results;
}

const failed = 'Error: EIO: injected into write';

describe('a disk with a fault', () => {
  it('fails at the nth call of a kind', async () => {
    expect(await writes({ calls: ['write'], nth: 2, since: 'start', effect: 'EIO' })).toEqual([
      '1',
      failed,
      '1',
      '1',
      '1',
    ]);
  });

  it('counts from the opening on request, and can go on failing', async () => {
    expect(await writes({ calls: ['write'], nth: 2, since: 'open', effect: 'EIO', lasting: true })).toEqual([
      '1',
      '1',
      '1',
      failed,
      failed,
    ]);
  });
});
