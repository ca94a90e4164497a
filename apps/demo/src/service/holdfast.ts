import { createProducer, silentLogger, type Producer } from '@holdfast/core';
import type { SerializedRecord } from '@holdfast/core/stage';
import { recommended, type RecommendedOptions } from 'holdfast';
import { numberIn } from '../records.js';
import type { Client } from '../names.js';
import { adapterOver } from './adapter.js';
import { noteAttempts } from './note-attempts.js';
import type { Sender, SenderSettings } from './sender.js';

export interface HoldfastListener {
  /** Called with the number of each record that goes to the client. */
  goesDown(n: number): void;
  /** Called when an attempt of a record ended as `unknown`. */
  unknown(n: number): void;
  /** Called when a stage broke the contract. */
  violation(message: string): void;
}

/** Holdfast with its recommended chain, over the client that the plain chain uses. */
export async function holdfast(
  client: Client,
  settings: SenderSettings,
  hears: HoldfastListener,
): Promise<Sender> {
  const note = noteAttempts(
    (record) => withNumber(record, (n) => hears.goesDown(n)),
    (record) => withNumber(record, (n) => hears.unknown(n)),
  );
  const producer = await createProducer({
    adapter: await adapterOver(client, settings),
    use: [...recommended(partsOf(settings)), note],
    onUndeliverable: (_, { error }) => {
      if (settings.outbox !== undefined) hears.violation(`accepted, and not delivered: ${error.code}`);
    },
    env: { logger: silentLogger },
  });
  producer.on('violation', ({ stage, message }) => hears.violation(`${stage}: ${message}`));
  return {
    hand: handOver(producer, settings),
    onTheirWay: () => producer.stats().held,
    close: () => producer.close(),
    terms() {
      const { sent, delivered, deadLettered, accepted, failed, unknown, held } = producer.stats();
      return { sent, delivered, deadLettered, accepted, failed, unknown, held };
    },
  };
}

/**
 * Above the default, so that a busy machine sends no letter of the topic to the file: the two are
 * replayed one after the other.
 */
const topicTimeoutMs = 60_000;

function partsOf({ topic, outbox, deadLetters }: SenderSettings): RecommendedOptions {
  return {
    metrics: { clientId: topic },
    // With a journal, a record is acknowledged once it is on disk, however long Kafka is away.
    ...(outbox !== undefined && { journal: { directory: outbox, acknowledge: 'journaled' } }),
    ...(deadLetters !== undefined && {
      deadLetterQueue: {
        topic: deadLetters.topic,
        file: { directory: deadLetters.directory },
        topicTimeoutMs,
      },
    }),
  };
}

function handOver(producer: Producer, { way }: SenderSettings): Sender['hand'] {
  switch (way) {
    case 'asynchronous':
      return (records, hear) => {
        for (const [at, record] of records.entries()) {
          producer.send(record, (error) => hear(at, error ?? undefined));
        }
      };
    case 'fire-and-forget':
      return (records, hear) => {
        for (const [at, record] of records.entries()) {
          if (!producer.fireAndForget(record)) hear(at, new Error('refused'));
        }
      };
    default:
      return (records, hear) => {
        for (const [at, record] of records.entries()) {
          producer.send(record).then(
            () => hear(at),
            (error: unknown) => hear(at, error),
          );
        }
      };
  }
}

/** More than the number of a record takes. */
const beginning = 24;

function withNumber({ value }: SerializedRecord, note: (n: number) => void): void {
  const n = numberIn(value === null ? null : Buffer.from(value.subarray(0, beginning)).toString('latin1'));
  if (n !== undefined) note(n);
}
