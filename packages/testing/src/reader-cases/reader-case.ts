import type { ConsumedRecord } from '@holdfast/core';
import type { ReadTopicOptions } from '@holdfast/core/adapter';
import type { ClientSettings, MakeAdapter } from '../adapter-cases/adapter-case.js';
import type { KafkaControl, TopicSettings } from '../adapter-cases/kafka-control.js';

/** One transaction, to partition 0. */
export interface Transaction {
  readonly values: readonly string[];
  readonly commit: boolean;
}

/** An adapter package, as far as its reader concerns. */
export interface ReaderSubject {
  /** Writes what is read. */
  readonly makeAdapter: MakeAdapter;
  /** The package's `readTopic`, with the client's settings in its own words. */
  readonly read: (
    settings: ClientSettings,
    topic: string,
    options?: ReadTopicOptions,
  ) => AsyncGenerator<ConsumedRecord, void, undefined>;
  /** Runs the transactions one after the other, as one producer. */
  readonly transact: (
    brokers: readonly string[],
    topic: string,
    transactions: readonly Transaction[],
  ) => Promise<void>;
  /** Deletes the records of partition 0 below `offset`. */
  readonly deleteBelow: (brokers: readonly string[], topic: string, offset: number) => Promise<void>;
}

/** The same topics and troubles, and so the same records and error codes, over every client's reader. */
export interface ReaderCase {
  readonly name: string;
  readonly cluster: 'plain' | 'secure';
  readonly run: (context: ReaderContext) => Promise<void>;
}

export interface ReaderContext extends Omit<ReaderSubject, 'makeAdapter'> {
  readonly control: KafkaControl;
  /** For `read`; whoever may do everything, on a secure cluster. */
  readonly settings: ClientSettings;
  /** Makes a topic that the cluster has not had before; answers its name. */
  readonly topic: (settings?: TopicSettings) => Promise<string>;
  /** Writes records, in order, and resolves when all are there. */
  readonly write: (records: readonly WrittenRecord[]) => Promise<void>;
}

export type WrittenRecord = Pick<
  ConsumedRecord,
  'topic' | 'partition' | 'timestamp' | 'key' | 'value' | 'headers'
>;
