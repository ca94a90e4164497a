import { fakeClock, simulatedDisk } from '@holdfast/testing';
import { expect, it } from 'vitest';
import { delivered, Harness } from './harness.fixture.js';

const small = { directory: '/outbox', segmentBytes: 16 * 1024, maxBytes: 2 ** 20 } as const;
const record = (name: string): { topic: string; key: string; value: Buffer } => ({
  topic: 'orders',
  key: name,
  value: Buffer.alloc(3_000),
});

it('the notes of a segment about others outlive it: its ranges are written again before it goes', async () => {
  const clock = fakeClock();
  const disk = simulatedDisk({ clock });
  const one = new Harness({ disk, clock, journal: small });
  await clock.until(one.start());
  const behind = Array.from({ length: 5 }, (_, index) => `in a later segment ${index}`);
  for (const name of ['kept', 'done', ...behind]) {
    one.send([record(name)]);
    await clock.advance(1);
  }
  // That Kafka has 'done' is noted in a later segment, of which nothing else is left in the end.
  for (let more = 0; more < 12; more++) {
    one.answerBehind(1);
    await clock.advance(100);
    one.send([record(`more ${more}`)]);
    await clock.advance(1);
  }
  one.answerBehind(1);
  await clock.advance(100);
  const later = fakeClock();
  const after = new Harness({ disk: disk.kill(), clock: later, journal: small, answer: delivered });
  await later.until(after.start());
  await later.runWhile(() => after.stat('backlogRecords') !== 0);
  expect(after.handed.map(({ key }) => String(key === null ? null : Buffer.from(key)))).toEqual(['kept']);
});

it('an idle journal has two files, also after a kill -9', async () => {
  const clock = fakeClock();
  const disk = simulatedDisk({ clock });
  const first = new Harness({ disk, clock, journal: small, answer: delivered });
  await clock.until(first.start());
  for (let i = 0; i < 40; i++) {
    first.send([record(`${i}`)]);
    await clock.advance(100);
  }
  await clock.advance(15_000);
  expect(first.stat('diskBytes')).toBe(2 * small.segmentBytes);
  const killed = disk.kill();
  const later = fakeClock();
  const next = new Harness({ disk: killed, clock: later, journal: small, answer: delivered });
  await later.until(next.start());
  await later.advance(1_000);
  next.send([record('one')]);
  await later.advance(15_000);
  expect(next.stat('backlogRecords')).toBe(0);
  expect(next.stat('diskBytes')).toBe(2 * small.segmentBytes);
  expect(killed.files('/outbox').filter((path) => path.endsWith('.segment'))).toHaveLength(2);
  await later.until(next.close(1_000));
  expect(later.pending).toBe(0);
});
