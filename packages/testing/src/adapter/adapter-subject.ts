import type { Adapter } from '@holdfast/core';
import type { FakeClock } from '../fake-clock.js';
import type { FoundRecord } from '../history/history-types.js';

/** An adapter that is put to the test, over a cluster that is up and stays so. */
export interface AdapterSubject {
  /** Stands in every message. */
  readonly name: string;
  /** Makes a fresh one that is not connected; called for each case. */
  readonly create: () => Adapter;
  /** A topic that exists. */
  readonly topic: string;
  /** Of that topic, 2 at least, so that a wrong one can be told. */
  readonly partitions: number;
  /** The clock of adapters that run on a fake one. Default: the system's. */
  readonly clock?: FakeClock;
  /** Everything that is in the topic. With it, what was delivered is read back and compared byte for byte. */
  readonly read?: () => Promise<readonly FoundRecord[]>;
  /** Default: none of the cases that break the cluster is tried. */
  readonly cluster?: ClusterControl;
  /** The topic's `max.message.bytes`: more than that in one batch of records is refused. Default 1,048,588, as Kafka has it. */
  readonly maxBatchBytes?: number;
  readonly features?: AdapterFeatures;
  /** The longest that one step of a case may take. Default 30,000 ms. */
  readonly timeoutMs?: number;
}

/**
 * What the suite may do to the cluster, so that it sees how the adapter takes it. A case whose means are missing is not tried,
 * and says so. Each must have taken effect when it returns, or when its promise resolves.
 */
export interface ClusterControl {
  /** Ends all connections, and lets none be made. */
  down(): Promise<void> | void;
  /** Everything works again. */
  up(): Promise<void> | void;
  /** Requests that are on their way are written; then all connections end before they are answered, and none can be made. */
  loseAnswers?(): Promise<void> | void;
  /** Connections stay open; requests are taken, and none is answered. */
  silence?(): Promise<void> | void;
}

export interface AdapterFeatures {
  /** It was given a partitioner of its own, so keys do not go where Java's client puts them. Default false. */
  readonly ownPartitioner?: boolean;
  /** The topic's timestamps are the broker's (`message.timestamp.type=LogAppendTime`). Default false. */
  readonly brokerTimestamps?: boolean;
}
