import { createProducer, ProducerError } from '@holdfast/core';
import { fakeClock, recordingLogger, scriptedAdapter, simulatedDisk } from '@holdfast/testing';
import { expect, it } from 'vitest';
import { recommended } from '../recommended.js';

const away = new ProducerError('BROKER_UNREACHABLE', 'away', { retriable: true });
const outageMs = 20_000;

it.each([
  ['in memory', {}],
  ['with a journal', { journal: { directory: '/outbox', maxBytes: 2 ** 22 } }],
])('a chain that has nothing to do comes to rest, without a timer: %s', async (_, options) => {
  const clock = fakeClock();
  const disk = simulatedDisk({ clock });
  const client = scriptedAdapter({
    clock,
    script: () => (clock.now() < outageMs ? { outcome: 'failed', error: away } : {}),
  });
  const env = { clock, disk, logger: recordingLogger() };
  const producer = await clock.until(createProducer({ adapter: client, use: recommended(options), env }));
  const records = Array.from({ length: 500 }, (_, index) => ({
    topic: 'orders',
    key: `${index}`,
    value: 'v',
  }));
  await clock.until(Promise.all(records.map((record) => producer.send(record))));
  // Rejects if a timer keeps setting itself again.
  expect(await clock.runAll()).toBeLessThan(600_000);
  expect(clock.pending).toBe(0);
  await clock.until(producer.close({ timeoutMs: 1_000 }));
});
