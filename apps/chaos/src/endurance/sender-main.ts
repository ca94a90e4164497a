/**
 * The process that is sent more than it can deliver: `node sender-main.js <settings as JSON>`.
 * Reports over IPC.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { buffer } from '@holdfast/buffer';
import { createProducer, silentLogger, type Producer } from '@holdfast/core';
import { journal } from '@holdfast/journal';
import { retry } from '@holdfast/retry';
import { adapterOf, impatient } from '../victim/adapter.js';
import { kilobyteRecord } from './kilobyte-records.js';
import { isSenderSettings, type Report, type Sample, type SenderSettings } from './messages.js';
import { throttle } from './throttle.js';

const sampleMs = 250;
const tickMs = 5;
/** The most records without an answer, as in a service with that many concurrent requests. */
const window = 1_000;
const drainTimeoutMs = 300_000;

const counts = { sent: 0, accepted: 0, refused: 0, undeliverable: 0 };
const report = (message: Report): void => void process.send?.(message);

async function run(settings: SenderSettings): Promise<void> {
  const { directory, maxBytes, drainRate } = settings;
  const slow = throttle(drainRate);
  const producer = await createProducer({
    adapter: await adapterOf(settings, impatient),
    use: [
      journal({ directory, maxBytes, acknowledge: 'journaled', whenFull: 'block' }),
      slow,
      buffer(),
      retry(),
    ],
    maxBlockMs: Infinity,
    onUndeliverable: () => counts.undeliverable++,
    env: { logger: silentLogger },
  });
  const began = performance.now();
  const sampling = setInterval(() => report({ type: 'sample', sample: sampleOf(producer, began) }), sampleMs);
  await send(producer, settings);
  report({ type: 'draining' });
  slow.lift();
  await producer.flush({ timeoutMs: drainTimeoutMs });
  clearInterval(sampling);
  await producer.close();
  report({ type: 'ended', ended: counts });
  process.disconnect();
}

/** Sends as many as are due, late ones included, as far as the window allows. */
async function send(producer: Producer, { topic, sendRate, seconds }: SenderSettings): Promise<void> {
  const began = performance.now();
  for (let elapsed = 0; elapsed < seconds; elapsed = (performance.now() - began) / 1_000) {
    const due = elapsed * sendRate;
    while (counts.sent < due && counts.sent - counts.accepted - counts.refused < window) {
      producer.send({ topic, ...kilobyteRecord(counts.sent++) }, (error) => {
        if (error === null) counts.accepted++;
        else counts.refused++;
      });
    }
    await sleep(tickMs);
  }
  while (counts.accepted + counts.refused < counts.sent) await sleep(tickMs);
}

function sampleOf(producer: Producer, began: number): Sample {
  const { rss, heapUsed, external } = process.memoryUsage();
  const stats = producer.stats().stages.journal;
  return {
    atMs: performance.now() - began,
    rssBytes: rss,
    heapBytes: heapUsed,
    externalBytes: external,
    diskBytes: stats?.diskBytes ?? NaN,
    backlogRecords: stats?.backlogRecords ?? NaN,
    sent: counts.sent,
    accepted: counts.accepted,
  };
}

process.on('disconnect', () => process.exit());
const settings: unknown = JSON.parse(process.argv[2] ?? 'null');
if (!isSenderSettings(settings)) throw new Error('usage: sender-main.js <settings as JSON>');
await run(settings);
