/**
 * The process is blocked, frozen or asleep, and then its timers run before its sockets are read.
 * Nothing may conclude from silence before it has read what has arrived.
 */
import { fakeClock, type FakeClock } from '@holdfast/testing';
import type { ProducerRecord } from '@holdfast/core';
import { describe, expect, it } from 'vitest';
import { harness, words, type Harness, type HarnessOptions } from './harness.js';

const topic = 'orders';
const records: readonly ProducerRecord[] = Array.from({ length: 200 }, (_, index) => ({
  topic,
  value: `v${index}`,
}));
const delivered = records.map(() => 'delivered');

/** The response is in the socket; time jumps, and due timers run before it is read. */
const standStill = (clock: FakeClock, ms: number) => (): void =>
  queueMicrotask(() => {
    clock.block(ms);
    void clock.advance(0);
  });

/** Returns a connected adapter that knows its topic. */
async function warm(options: HarnessOptions): Promise<Harness & { readonly clock: FakeClock }> {
  const clock = fakeClock();
  const all = await harness({ ...options, clock });
  all.kafka.topic(topic, [1]);
  await all.connected;
  await all.send([{ topic, value: 'first' }]);
  return { ...all, clock };
}

describe.each([true, false])('a process that stood still (idempotent: %s)', (idempotent) => {
  it.each([2_020, 3_000, 600_000])(
    'for %i ms with requestTimeoutMs 2,000: each record is delivered, and written once',
    async (ms) => {
      const { kafka, clock, send } = await warm({ idempotent, requestTimeoutMs: 2_000 });
      kafka.reactions.push((request) => {
        standStill(clock, ms)();
        return request.map(() => 0);
      });
      expect(words(await send(records))).toEqual(delivered);
      expect(kafka.values(topic)).toEqual(['first', ...records.map(({ value }) => value)]);
    },
  );

  it.each([270, 3_000])(
    'for %i ms, in which the delivery deadline passed: what was answered is delivered',
    async (ms) => {
      const { kafka, clock, send } = await warm({ idempotent });
      kafka.reactions.push((request) => {
        standStill(clock, ms)();
        return request.map(() => 0);
      });
      expect(words(await send(records, clock.now() + 100))).toEqual(delivered);
    },
  );
});

it('a topic is known when its metadata is in the socket, though the delivery deadline passed', async () => {
  const { kafka, clock, send } = await warm({});
  kafka.topic('other', [1]);
  kafka.onMetadata = () => {
    kafka.onMetadata = undefined;
    standStill(clock, 3_000)();
  };
  expect(words(await send([{ topic: 'other', value: 'v' }], clock.now() + 2_000))).toEqual(['delivered']);
});

it('a broker that accepted while the process stood still is connected', async () => {
  const clock = fakeClock();
  const { connected: first } = await harness({ clock });
  while (clock.pending === 0) await Promise.resolve();
  clock.block(11_000);
  await clock.advance(0);
  await expect(first).resolves.toBeUndefined();
});
