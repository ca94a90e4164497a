/**
 * The internals of kafkajs (2.2.x), below its `Producer`. Why the adapter stands there and not on
 * the public API: see docs/adr/0010. It uses the client's own way to make connections (so that TLS,
 * SASL, socketFactory and timeouts of the user's client apply), its `Broker` with `connect`,
 * `metadata`, `initProducerId`, `listOffsets` and `fetch`, and the pool's `send`, where a response
 * is taken as it came instead of being turned into its first error. Produce requests bypass `send`:
 * see produce.ts.
 */
import type { Socket } from 'node:net';
import type { ProducerId } from '../wire/encode-batch.js';
import type { VersionRange } from '../wire/versions.js';
import type { TimedConnection } from './kafkajs-timers.js';
import type { ExchangeConnection } from './produce.js';

export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface TopicMetadata {
  readonly topic: string;
  readonly topicErrorCode: number;
  readonly partitionMetadata: readonly { readonly partitionId: number; readonly leader: number }[];
}

export interface MetadataResponse {
  readonly brokers: readonly (Address & { readonly nodeId: number })[];
  readonly topicMetadata: readonly TopicMetadata[];
}

export interface ListOffsetsResponse {
  readonly responses: readonly {
    readonly partitions: readonly {
      readonly partition: number;
      readonly errorCode: number;
      readonly offset: string;
    }[];
  }[];
}

export interface FetchedMessage {
  readonly offset: string;
  readonly timestamp?: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /**
   * A value is a `Buffer` or `null`, which the protocol allows. Several values are an array; for a
   * name such as `constructor` its first item is inherited from `Object`.
   */
  readonly headers?: { readonly [name: string]: unknown };
  /** A marker of the end of a transaction, not a record. */
  readonly isControlRecord?: boolean;
  readonly batchContext?: { readonly producerId: string; readonly inTransaction: boolean };
}

export interface FetchResponse {
  readonly responses: readonly {
    readonly partitions: readonly {
      readonly errorCode: number;
      readonly abortedTransactions?: readonly { readonly producerId: string; readonly firstOffset: string }[];
      readonly messages: readonly FetchedMessage[];
    }[];
  }[];
  /**
   * The offset after the last whole batch, which kafkajs does not report; `undefined` when there is
   * none.
   */
  readonly next: number | undefined;
}

export interface Protocol {
  readonly request: { readonly apiKey: number; readonly apiVersion: number };
  readonly response: { decode(payload: Buffer): Promise<object>; parse(decoded: unknown): Promise<unknown> };
  readonly requestTimeout?: number | null;
}

export interface KafkajsConnection extends TimedConnection, ExchangeConnection {
  readonly requestQueue: TimedConnection['requestQueue'] &
    ExchangeConnection['requestQueue'] & { rejectAll(error: Error): void };
  readonly ssl?: unknown;
  readonly socket?: Socket | undefined;
  processData(data: Buffer): void;
  send(protocol: Protocol): Promise<unknown>;
}

export interface KafkajsPool extends Address {
  readonly pool: readonly KafkajsConnection[];
  send(protocol: Protocol): Promise<unknown>;
}

export interface KafkajsBroker {
  /** Read when `metadata` is called. */
  allowAutoTopicCreation: boolean;
  /** By the API key; known once it is connected. */
  readonly versions: { readonly [apiKey: number]: VersionRange } | null;
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  metadata(topics: readonly string[]): Promise<MetadataResponse>;
  initProducerId(request: { readonly transactionTimeout: number }): Promise<ProducerId>;
  listOffsets(request: { readonly topics: readonly TopicOffsets[] }): Promise<ListOffsetsResponse>;
  fetch(request: {
    readonly maxWaitTime: number;
    readonly topics: readonly TopicOffsets[];
  }): Promise<FetchResponse>;
}

export interface TopicOffsets {
  readonly topic: string;
  readonly partitions: readonly {
    readonly partition: number;
    readonly timestamp?: number;
    readonly fetchOffset?: number;
    readonly maxBytes?: number;
  }[];
}

export interface KafkajsCluster {
  readonly rootLogger: unknown;
  readonly brokerPool: {
    readonly connectionPoolBuilder: { build(address?: Address): Promise<KafkajsPool> };
    createBroker(options: { readonly connectionPool: KafkajsPool; readonly logger: unknown }): KafkajsBroker;
  };
}
