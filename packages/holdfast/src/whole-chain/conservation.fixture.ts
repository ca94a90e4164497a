import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createProducer, ProducerError, type Adapter } from '@holdfast/core';
import { failed, type Delivery } from '@holdfast/core/stage';
import { deadLetterQueue } from '@holdfast/dead-letter-queue';
import { fakeClock, recordingLogger, seededRandom, seedFrom, seedVariable } from '@holdfast/testing';
import { expect } from 'vitest';
import { recommended } from '../recommended.js';

const seed = seedFrom();

const retriable = failed(new ProducerError('LEADER_UNAVAILABLE', 'no leader', { retriable: true }));
const permanent = failed(new ProducerError('RECORD_TOO_LARGE', 'too large'));

/** Fails 5 % of its records with a retriable error, and 0.1 % permanently. */
class Failing implements Adapter {
  readonly name = 'failing';
  readonly capabilities = { offsets: true, acks: 'all', idempotent: false } as const;
  delivered = 0;
  private readonly random = seededRandom(seed);

  constructor(private readonly soon: (run: () => void) => void) {}

  connect(): Promise<void> {
    return Promise.resolve();
  }

  send(batch: Delivery[], settle: (batch: Delivery[]) => void): void {
    this.soon(() => {
      for (const delivery of batch) delivery.outcome = this.outcomeOf(delivery);
      settle(batch);
    });
  }

  private outcomeOf({ record: { topic, timestamp } }: Delivery): Delivery['outcome'] {
    const chance = this.random();
    if (chance < 0.001) return permanent;
    if (chance < 0.051) return retriable;
    return { status: 'delivered', topic, partition: 0, offset: this.delivered++, timestamp };
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }

  disconnect(): Promise<void> {
    return Promise.resolve();
  }
}

setFlagsFromString('--expose-gc');
const collectGarbage: unknown = runInNewContext('gc');

function heapMiB(): number {
  if (typeof collectGarbage === 'function') Reflect.apply(collectGarbage, undefined, []);
  return process.memoryUsage().heapUsed / 2 ** 20;
}

/**
 * Sends records, of which 5 % fail at first and 0.1 % permanently, and expects that none is missing
 * and memory is flat.
 */
export async function expectConserved(records: number): Promise<void> {
  const clock = fakeClock();
  const client = new Failing((run) => clock.soon(run));
  let deadLetters = 0;
  const producer = await createProducer({
    adapter: client,
    use: recommended({
      deadLetterQueue: deadLetterQueue({ callback: () => void deadLetters++ }),
      buffer: { maxRecords: 20_000 },
    }),
    env: { clock, logger: recordingLogger() },
    leakDetection: false,
    failedLimit: 10,
  });
  const value = Buffer.alloc(100);
  const heaps: number[] = [];
  for (let sent = 0; sent < records; ) {
    while (sent < records && producer.fireAndForget({ topic: 'orders', key: `k${sent % 5_000}`, value })) {
      sent++;
      if (sent % (records / 10) === 0) {
        const { delivered, deadLettered, failed, unknown, accepted, held } = producer.stats();
        expect(delivered + deadLettered + failed + unknown + accepted + held).toBe(producer.stats().sent);
        heaps.push(heapMiB());
      }
      if (sent % 10_000 === 0) break;
    }
    await clock.advance(20);
  }
  await clock.until(producer.close());

  const stats = producer.stats();
  const note = `${seedVariable}=${seed} repeats it`;
  expect(stats.delivered + stats.deadLettered + stats.failed, note).toBe(stats.sent);
  expect(stats, note).toMatchObject({ held: 0, unknown: 0, accepted: 0 });
  expect([stats.delivered, stats.deadLettered], note).toEqual([client.delivered, deadLetters]);
  expect(deadLetters / records, note).toBeCloseTo(0.001, 3);
  const [, second = 0, ...later] = heaps;
  expect(Math.max(...later), note).toBeLessThan(second + 16);
}
