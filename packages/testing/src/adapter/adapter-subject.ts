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
  readonly features?: AdapterFeatures;
  /** The longest that one step of a case may take. Default 30,000 ms. */
  readonly timeoutMs?: number;
}

export interface AdapterFeatures {
  /** It was given a partitioner of its own, so keys do not go where Java's client puts them. Default false. */
  readonly ownPartitioner?: boolean;
}
