import { createProducer, ProducerError, type Producer } from '@holdfast/core';
import {
  fakeClock,
  recordingLogger,
  scriptedAdapter,
  simulatedDisk,
  type FakeClock,
  type SimulatedDisk,
} from '@holdfast/testing';
import { expect, it } from 'vitest';
import { recommended } from '../recommended.js';

const tooLarge = new ProducerError('RECORD_TOO_LARGE', 'too large');
const journal = { directory: '/outbox', acknowledge: 'journaled', maxBytes: 2 ** 22 } as const;

/** Creates a producer over a Kafka that never takes records of the topic 'large'. */
async function start(clock: FakeClock, disk: SimulatedDisk, callback: () => void): Promise<Producer> {
  const client = scriptedAdapter({
    clock,
    script: ({ record }) => (record.topic === 'large' ? { outcome: 'failed', error: tooLarge } : {}),
  });
  const env = { clock, disk, logger: recordingLogger() };
  const use = recommended({ journal, deadLetterQueue: { callback } });
  return clock.until(createProducer({ adapter: client, use, env }));
}

it('accepted records are not given up while no sink takes their dead letters, even across a kill', async () => {
  const clock = fakeClock();
  const disk = simulatedDisk({ clock });
  const refuse = (): never => {
    throw new Error('no room');
  };
  const first = await start(clock, disk, refuse);
  const undeliverable: unknown[] = [];
  first.on('failed', (failure) => undeliverable.push(failure));
  const receipt = await clock.until(first.send({ topic: 'large', key: 'k', value: 'v' }));
  expect(receipt.status).toBe('accepted');
  const other = await clock.until(first.send({ topic: 'orders', key: 'k', value: 'v' }));
  expect(other.status).toBe('accepted');
  await clock.advance(300_000);
  expect(undeliverable).toEqual([]);
  expect(first.stats().stages.journal).toMatchObject({ backlogRecords: 1, undeliverableRecords: 0 });

  let letters = 0;
  const later = fakeClock();
  const second = await start(later, disk.kill(), () => void letters++);
  await later.advance(60_000);
  expect(letters).toBe(1);
  expect(second.stats().stages.journal).toMatchObject({ backlogRecords: 0 });
});
