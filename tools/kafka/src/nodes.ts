import type { BrokerStatus, ClusterKind } from './cluster.js';
import type { Endpoint } from './protocol/connection.js';
import type { NewTopic } from './protocol/create-topics.js';

/** The signals that stop a broker and let it continue. */
export type BrokerSignal = 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT';

/**
 * The interface of all ways to run brokers. Ids are 1 to `size`; `LiveCluster` has checked them.
 */
export interface Nodes {
  readonly kind: ClusterKind;
  readonly size: number;
  /** 'host:port' for clients, in the order of the ids. */
  readonly brokers: readonly string[];
  readonly dataDirectory: string | undefined;
  /** Whether the ids here are also Kafka's node ids. */
  readonly idsAreKafkas: boolean;
  /** The address at which the launcher itself queries this broker. */
  endpoint(id: number): Endpoint;
  status(id: number): BrokerStatus;
  /** Starts the process without waiting for an answer. */
  spawn(id: number): Promise<void>;
  /** Resolves for SIGKILL and SIGTERM when the process is gone, for SIGSTOP when it is paused. */
  signal(id: number, name: BrokerSignal): Promise<void>;
  /** Only where the broker does not understand CreateTopics requests. */
  createTopic?(topic: NewTopic): Promise<void>;
  /** The last lines of the broker's log, for an error message. */
  lastWords(id: number): string;
  /** Ends the remaining brokers and removes all data. */
  remove(): Promise<void>;
}

/** Splits 'host:port'. */
export function splitAddress(address: string): { host: string; port: number } {
  const colon = address.lastIndexOf(':');
  return { host: address.slice(0, colon), port: Number(address.slice(colon + 1)) };
}
