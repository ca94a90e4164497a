import { createProducer, ProducerError } from '@holdfast/core';
import { fakeClock, recordingLogger, scriptedAdapter } from '@holdfast/testing';
import { expect, it } from 'vitest';
import { recommended } from '../recommended.js';

it('a partition without a leader does not block others of its topic', async () => {
  const clock = fakeClock();
  const noLeader = new ProducerError('LEADER_UNAVAILABLE', 'no leader', { retriable: true });
  const client = scriptedAdapter({
    clock,
    script: (_, { partition }) => (partition === 0 ? { outcome: 'failed', error: noLeader } : {}),
  });
  const env = { clock, logger: recordingLogger() };
  const producer = await createProducer({ adapter: client, use: recommended(), env });
  producer.fireAndForget({ topic: 'orders', key: 'k', value: 'held', partition: 0 });
  await clock.advance(10_000);
  const before = clock.now();
  await clock.until(producer.send({ topic: 'orders', key: 'k', value: 'v', partition: 1 }));
  expect(clock.now() - before).toBeLessThan(10);
  expect(producer.stats()).toMatchObject({ delivered: 1, held: 1 });
  await clock.until(producer.close({ timeoutMs: 0 }));
});
