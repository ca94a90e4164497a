import { fakeClock, simulatedDisk } from '@holdfast/testing';
import { expect, it } from 'vitest';
import { delivered, Harness } from './harness.fixture.js';

const small = { directory: '/outbox', segmentBytes: 16 * 1024, maxBytes: 2 ** 20 } as const;
const record = (name: string): { topic: string; key: string; value: Buffer } => ({
  topic: 'orders',
  key: name,
  value: Buffer.alloc(3_000),
});

it('what a segment says of others outlives it: its ranges are written again before it goes', async () => {
  const clock = fakeClock();
  const disk = simulatedDisk({ clock });
  const one = new Harness({ disk, clock, journal: small });
  await clock.until(one.start());
  const behind = Array.from({ length: 5 }, (_, index) => `in a later segment ${index}`);
  for (const name of ['kept', 'done', ...behind]) {
    one.send([record(name)]);
    await clock.advance(1);
  }
  // That 'done' is with Kafka is noted in a later segment, of which nothing else is left in the end.
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
