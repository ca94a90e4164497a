import type { EventEmitter } from 'node:events';
import type { RdKafka } from '@confluentinc/kafka-javascript';
import { loadClient } from './load-client.js';

type Done<T> = (error: unknown, answer: T) => void;

/**
 * What the adapter uses of the node-rdkafka-style `RdKafka.Producer`. The package's KafkaJS-like
 * interface has no outcome per record.
 */
export interface NativeProducer extends Pick<EventEmitter, 'off' | 'on'> {
  isConnected(): boolean;
  connect(options: object, done: Done<RdKafka.Metadata>): unknown;
  disconnect(timeoutMs: number, done: Done<unknown>): unknown;
  getMetadata(options: RdKafka.MetadataOptions, done: Done<RdKafka.Metadata>): unknown;
  produce(
    topic: string,
    partition: number,
    // Typed as Buffer there; the binding takes any view of bytes.
    value: Uint8Array | null,
    key: Uint8Array | string | null | undefined,
    timestamp: number,
    opaque: unknown,
    headers: RdKafka.MessageHeader[] | undefined,
  ): unknown;
  setPollInBackground(set: boolean): unknown;
}

/** What the reader uses of `RdKafka.KafkaConsumer`. */
export interface NativeConsumer extends Pick<EventEmitter, 'on'> {
  connect(options: object, done: Done<RdKafka.Metadata>): unknown;
  disconnect(done: Done<unknown>): unknown;
  isConnected(): boolean;
  assign(assignments: RdKafka.TopicPartitionOffset[]): unknown;
  consume(number: number, done: Done<RdKafka.Message[]>): void;
  setDefaultConsumeTimeout(timeoutMs: number): void;
}

/**
 * Every property of librdkafka:
 * https://github.com/confluentinc/librdkafka/blob/master/CONFIGURATION.md
 */
export type NativeConfig = RdKafka.ProducerGlobalConfig &
  Omit<RdKafka.ProducerTopicConfig, 'acks'> & {
    // The package types it as a number alone; librdkafka takes the name as well.
    readonly acks?: number | 'all';
  };

/** Makes a producer. */
export type MakeProducer = (global: NativeConfig, topic: unknown) => NativeProducer;

/**
 * Returns an admin client over the client's own connections; `undefined` when it has no native
 * handle.
 */
export function adminOf(client: NativeProducer | NativeConsumer): RdKafka.IAdminClient | undefined {
  const { AdminClient, KafkaConsumer, Producer } = loadClient();
  return client instanceof Producer || client instanceof KafkaConsumer
    ? AdminClient.createFrom(client)
    : undefined;
}

export function isProducer(given: object): given is NativeProducer {
  return ['produce', 'connect', 'getMetadata', 'on'].every(
    (method) => typeof Reflect.get(given, method) === 'function',
  );
}

/** Returns the client's number of an error; `undefined` when it has none. */
export function codeOf(error: unknown): number | undefined {
  const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'number' ? code : undefined;
}
