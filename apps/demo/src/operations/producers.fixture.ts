import { kafkajsAdapter } from '@holdfast/adapter-kafkajs';
import { createProducer, silentLogger, type Producer } from '@holdfast/core';
import { recommended, type RecommendedOptions } from 'holdfast';
import { join } from 'node:path';

const kibibyte = 1024;
const mebibyte = kibibyte * kibibyte;
const requestTimeoutMs = 2_000;

async function producerOf(
  clientId: string,
  brokers: readonly string[],
  parts: RecommendedOptions,
): Promise<Producer> {
  return createProducer({
    // An idempotent one retries a request without an answer until its deadline, and no breaker
    // hears of it: no circuit would open.
    adapter: kafkajsAdapter(
      { brokers: [...brokers], requestTimeout: requestTimeoutMs },
      { idempotent: false },
    ),
    use: recommended({ ...parts, metrics: { clientId } }),
    onUndeliverable: () => undefined,
    env: { logger: silentLogger },
  });
}

/** With a journal so small that an outage of seconds fills it. */
export const orders = (brokers: readonly string[], disk: string): Promise<Producer> =>
  producerOf('orders', brokers, {
    journal: {
      ...{ directory: join(disk, 'outbox'), acknowledge: 'journaled' },
      ...{ maxBytes: 8 * mebibyte, segmentBytes: 256 * kibibyte },
    },
  });

/** With room for one large dead letter, and not for two. */
export const letters = (brokers: readonly string[], disk: string): Promise<Producer> =>
  producerOf('letters', brokers, {
    deadLetterQueue: { file: { directory: join(disk, 'letters'), maxBytes: 2 * mebibyte } },
  });

const value = 'x'.repeat(2 * kibibyte);
/** Above a topic's default limit: `max.message.bytes`, 1 MiB and 12 bytes. */
export const tooLarge = 'x'.repeat(1.25 * mebibyte);

const everyMs = 50;

/**
 * Sends a number of records per second to a topic, over 50 keys in turn, until it is stopped;
 * nothing waits for them.
 */
export function stream(producer: Producer, topic: string, rate: number): Disposable {
  let sent = 0;
  const timer = setInterval(() => {
    for (let due = 0; due < (rate * everyMs) / 1_000; due++) {
      producer.send({ topic, key: `key-${sent++ % 50}`, value }).catch(() => undefined);
    }
  }, everyMs);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
