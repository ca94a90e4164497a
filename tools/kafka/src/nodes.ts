import type { BrokerStatus, ClusterKind } from './cluster.js';
import type { Endpoint } from './protocol/connection.js';
import type { NewTopic } from './protocol/create-topics.js';

/** The signals with which a broker is stopped, and goes on. */
export type BrokerSignal = 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT';

/** What the ways to run brokers have in common. Ids are 1 to `size`; `LiveCluster` has checked them. */
export interface Nodes {
  readonly kind: ClusterKind;
  readonly size: number;
  /** 'host:port' for clients, in the order of the ids. */
  readonly brokers: readonly string[];
  readonly dataDirectory: string | undefined;
  /** Whether the ids here are Kafka's node ids, too. */
  readonly idsAreKafkas: boolean;
  /** Where the launcher itself asks this broker. */
  endpoint(id: number): Endpoint;
  status(id: number): BrokerStatus;
  /** Starts the process and does not wait for it to answer. */
  spawn(id: number): Promise<void>;
  /** SIGKILL and SIGTERM resolve when the process is gone, SIGSTOP when it stands still. */
  signal(id: number, name: BrokerSignal): Promise<void>;
  /** Only where a CreateTopics request is not understood. */
  createTopic?(topic: NewTopic): Promise<void>;
  /** The last lines of the broker's log, for an error message. */
  lastWords(id: number): string;
  /** Ends what is left and removes all data. */
  remove(): Promise<void>;
}

/** Splits 'host:port'. */
export function splitAddress(address: string): { host: string; port: number } {
  const colon = address.lastIndexOf(':');
  return { host: address.slice(0, colon), port: Number(address.slice(colon + 1)) };
}
