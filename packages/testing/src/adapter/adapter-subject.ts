import type { Adapter } from '@holdfast/core';
import type { FakeClock } from '../env/fake-clock.js';
import type { FoundRecord } from '../history/history-types.js';

/** An adapter to be tested, over a cluster that is up and stays up. */
export interface AdapterSubject {
  /** Appears in all messages. */
  readonly name: string;
  /** Creates a new, unconnected adapter; called per case. */
  readonly create: () => Adapter;
  /** An existing topic. */
  readonly topic: string;
  /** The topic's partitions, at least 2, so that a wrong one is noticed. */
  readonly partitions: number;
  /** The clock of the adapters, if it is a fake one. Default: the system's. */
  readonly clock?: FakeClock;
  /**
   * Resolves with all records of the topic. If given, delivered records are read back and compared
   * byte for byte.
   */
  readonly read?: () => Promise<readonly FoundRecord[]>;
  /** Default: cases that break the cluster are left out. */
  readonly cluster?: ClusterControl;
  /**
   * The topic's `max.message.bytes`: brokers refuse larger record batches. Default 1,048,588, as in
   * Kafka.
   */
  readonly maxBatchBytes?: number;
  readonly features?: AdapterFeatures;
  /** The longest time that a step of a case may take, ms. Default 30,000. */
  readonly timeoutMs?: number;
}

/**
 * Ways for the suite to break the cluster. A case that needs a missing one is left out, and reports
 * that. Each has taken effect when it returns, or when its promise resolves.
 */
export interface ClusterControl {
  /** Ends all connections, and refuses new ones. */
  down(): Promise<void> | void;
  /** Repairs the cluster. */
  up(): Promise<void> | void;
  /**
   * Writes the requests in flight, then ends all connections before a response, and refuses new
   * ones.
   */
  loseAnswers?(): Promise<void> | void;
  /** Keeps connections open and receives requests, but sends no response. */
  silence?(): Promise<void> | void;
}

export interface AdapterFeatures {
  /**
   * It has a custom partitioner, so keys do not go to the partitions of Java's client. Default
   * false.
   */
  readonly ownPartitioner?: boolean;
  /**
   * The broker sets the topic's timestamps (`message.timestamp.type=LogAppendTime`). Default false.
   */
  readonly brokerTimestamps?: boolean;
}
