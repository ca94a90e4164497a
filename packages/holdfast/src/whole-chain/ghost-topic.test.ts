import { createProducer, ProducerError } from '@holdfast/core';
import { failed } from '@holdfast/core/stage';
import { fakeClock, recordingLogger, scriptedAdapter, seededRandom, simulatedDisk } from '@holdfast/testing';
import { expect, it } from 'vitest';
import { recommended } from '../recommended.js';

const missing = failed(
  new ProducerError('UNKNOWN_TOPIC', "the topic 'ghost' does not exist", { retriable: true }),
);

it('a topic that is never created does not block others in a journal, and its records can be given up', async () => {
  const clock = fakeClock();
  const disk = simulatedDisk({ clock });
  const logger = recordingLogger();
  const client = scriptedAdapter({
    clock,
    script: ({ record }) => (record.topic === 'ghost' ? { outcome: 'failed', error: missing.error } : {}),
  });
  const journal = {
    directory: '/outbox',
    acknowledge: 'journaled',
    maxInFlightRecords: 100,
    maxBytes: 2 ** 24,
    giveUpAfterMs: 60_000,
  } as const;
  const producer = await clock.until(
    createProducer({
      adapter: client,
      use: recommended({ journal }),
      env: { clock, disk, logger, random: seededRandom(1) },
    }),
  );
  const paused: unknown[] = [];
  let letters = 0;
  producer.on('journal.topicPaused', ({ topic }) => paused.push(topic));
  producer.on('deadLetter', ({ records }) => (letters += records));
  for (let i = 0; i < 300; i++) producer.fireAndForget({ topic: 'ghost', key: `k${i}`, value: 'v' });
  producer.fireAndForget({ topic: 'orders', key: 'k', value: 'v' });
  await clock.advance(2_000);
  expect([producer.stats().stages.journal?.backlogRecords, paused]).toEqual([300, ['ghost']]);
  expect(client.log.messages('orders')).toHaveLength(1);
  await clock.advance(600_000);
  expect(letters).toBe(300);
  expect(producer.stats().stages.journal?.backlogRecords).toBe(0);
  await clock.until(producer.close());
});
