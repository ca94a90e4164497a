import type { ConsumedRecord } from '@holdfast/core';
import type { ReadTopicOptions } from '@holdfast/core/adapter';
import type { ClientSettings, MakeAdapter } from '../adapter-cases/adapter-case.js';
import type { KafkaControl, TopicSettings } from '../adapter-cases/kafka-control.js';

/** A transaction to partition 0. */
export interface Transaction {
  readonly values: readonly string[];
  readonly commit: boolean;
}

/** The parts of an adapter package that concern its reader. */
export interface ReaderSubject {
  /** Creates the adapter that writes the records. */
  readonly makeAdapter: MakeAdapter;
  /** The package's `readTopic`, with settings in the client's own form. */
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

/**
 * The same topics and faults, and so the same records and error codes, for the readers of all
 * clients.
 */
export interface ReaderCase {
  readonly name: string;
  readonly cluster: 'plain' | 'secure';
  readonly run: (context: ReaderContext) => Promise<void>;
}

export interface ReaderContext extends Omit<ReaderSubject, 'makeAdapter'> {
  readonly control: KafkaControl;
  /** The settings for `read`: on a secure cluster, those of a user with all permissions. */
  readonly settings: ClientSettings;
  /** Creates a new topic and resolves with its name. */
  readonly topic: (settings?: TopicSettings) => Promise<string>;
  /** Writes records in order, and resolves when all are written. */
  readonly write: (records: readonly WrittenRecord[]) => Promise<void>;
}

export type WrittenRecord = Pick<
  ConsumedRecord,
  'topic' | 'partition' | 'timestamp' | 'key' | 'value' | 'headers'
>;
