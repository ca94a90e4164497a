import { buffer } from '@holdfast/buffer';
import { createProducer, silentLogger, type Adapter, type SerializedRecord } from '@holdfast/core';
import { journal } from '@holdfast/journal';
import { retry } from '@holdfast/retry';
import { numberIn } from '../records.js';
import type { Client } from '../names.js';
import { noteAttempts } from './note-attempts.js';
import type { Sender, SenderSettings } from './sender.js';

export interface HoldfastListener {
  /** This record, by its number, goes to the client. */
  goesDown(n: number): void;
  /** An attempt of it ended as `unknown`. */
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
  const { topic, outbox } = settings;
  const note = noteAttempts(
    (record) => withNumber(record, (n) => hears.goesDown(n)),
    (record) => withNumber(record, (n) => hears.unknown(n)),
  );
  // With a journal, a record is acknowledged when it is on disk: Kafka may be away for as long as it likes.
  const onDisk = outbox === undefined ? [] : [journal({ directory: outbox, acknowledge: 'journaled' })];
  const producer = await createProducer({
    client: await adapterOver(client, settings),
    use: [...onDisk, buffer(), retry(), note],
    onUndeliverable: (_, { error }) => {
      if (outbox !== undefined) hears.violation(`accepted, and not delivered: ${error.code}`);
    },
    env: { logger: silentLogger },
  });
  producer.on('violation', ({ stage, message }) => hears.violation(`${stage}: ${message}`));
  return {
    send: (records) => records.map((record) => producer.send({ topic, ...record })),
    close: () => producer.close(),
  };
}

function withNumber({ value }: SerializedRecord, note: (n: number) => void): void {
  const n = numberIn(value === null ? null : Buffer.from(value).toString());
  if (n !== undefined) note(n);
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
