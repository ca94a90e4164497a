import { buffer } from '@holdfast/buffer';
import { createProducer, silentLogger, type Adapter } from '@holdfast/core';
import { retry } from '@holdfast/retry';
import { numberIn } from '../records.js';
import type { Client } from '../names.js';
import { noteUnknown } from './note-unknown.js';
import type { Sender, SenderSettings } from './sender.js';

export interface HoldfastListener {
  /** An attempt of this record, by its number, ended as `unknown`. */
  unknown(n: number): void;
  /** A stage broke the contract. */
  violation(message: string): void;
}

/** Holdfast with its default settings, over the client that the plain chain uses. */
export async function holdfast(
  client: Client,
  settings: SenderSettings,
  hears: HoldfastListener,
): Promise<Sender> {
  const { topic } = settings;
  const note = noteUnknown(({ value }) => {
    const n = numberIn(value === null ? null : Buffer.from(value).toString());
    if (n !== undefined) hears.unknown(n);
  });
  const producer = await createProducer({
    client: await adapterOver(client, settings),
    use: [buffer(), retry(), note],
    env: { logger: silentLogger },
  });
  producer.on('violation', ({ stage, message }) => hears.violation(`${stage}: ${message}`));
  return {
    send: (records) => records.map((record) => producer.send({ topic, ...record })),
    close: () => producer.close(),
  };
}

// Loaded only when it is asked for: the demo over kafkajs runs where the confluent client has no binding.
async function adapterOver(client: Client, settings: SenderSettings): Promise<Adapter> {
  const { brokers, requestTimeoutMs } = settings;
  if (client === 'kafkajs') {
    const [{ kafkajsAdapter }, { Kafka, logLevel }] = await Promise.all([
      import('@holdfast/adapter-kafkajs'),
      import('kafkajs'),
    ]);
    return kafkajsAdapter(
      new Kafka({
        clientId: 'demo-holdfast',
        brokers: [...brokers],
        logLevel: logLevel.NOTHING,
        ...(requestTimeoutMs === undefined ? {} : { requestTimeout: requestTimeoutMs }),
      }),
    );
  }
  const { confluentAdapter } = await import('@holdfast/adapter-confluent');
  return confluentAdapter({
    'client.id': 'demo-holdfast',
    'bootstrap.servers': brokers.join(','),
    ...(requestTimeoutMs === undefined ? {} : { 'socket.timeout.ms': requestTimeoutMs }),
  });
}
