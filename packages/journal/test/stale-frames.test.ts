/**
 * A recycled file holds frames of its former life, and a record may hold a whole frame: none of
 * them may come back.
 */
import { fakeClock, simulatedDisk } from '@holdfast/testing';
import { expect, it } from 'vitest';
import { frame } from '../src/format/layout.js';
import { framesOf, sealAgain } from './frames.fixture.js';
import { delivered, Harness } from './harness.fixture.js';
import type { JournalOptions } from '../src/options.js';

const directory = '/outbox';
const path = `${directory}/0000000001.segment`;
const options: JournalOptions = { directory, acknowledge: 'journaled', maxInFlightRecords: 1 };

/**
 * Changes the last of three frames, with a record each, under a right CRC. Returns what the next
 * start delivers.
 */
async function deliveredAfter(change: (frame: Buffer) => void): Promise<string[]> {
  const clock = fakeClock();
  const disk = simulatedDisk();
  const one = new Harness({ disk, clock, journal: options });
  await clock.until(one.start());
  for (const value of ['0', '1', '2']) {
    one.send([{ topic: 't', key: value, value }]);
    await clock.advance(100);
  }
  const left = disk.kill({ keep: 'all' });
  const bytes = Buffer.from(left.readFile(path));
  const at = framesOf(bytes).at(2) ?? 0;
  change(bytes.subarray(at));
  sealAgain(bytes, at);
  left.writeFile(path, bytes);
  const later = fakeClock();
  const next = new Harness({ disk: left, clock: later, journal: options, answer: delivered });
  await later.until(next.start());
  await later.runWhile(() => next.stat('backlogRecords') !== 0);
  return next.handed.map(({ value }) => String(value));
}

const add = (field: number, more: number) => (whole: Buffer) =>
  void whole.writeUInt32LE((whole.readUInt32LE(field) + more) % 2 ** 32, field);

it('a frame of this life of the file, at its own place, is read', async () => {
  expect(await deliveredAfter(() => undefined)).toEqual(['0', '1', '2']);
});

it.each([
  ['another place in a file', add(frame.offset, 8)],
  ['another file', add(frame.number, 1)],
  ['another life of the file', add(frame.nonce, 1)],
])('a frame of %s is not', async (_, change) => {
  expect(await deliveredAfter(change)).toEqual(['0', '1']);
});
