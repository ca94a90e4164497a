import type { BrokerStatus, ClusterKind } from './cluster.js';
import type { Endpoint } from './protocol/connection.js';

/** What the ways to run brokers have in common. Ids are 1 to `size`; `LiveCluster` has checked them. */
export interface Nodes {
  readonly kind: ClusterKind;
  readonly size: number;
  /** 'host:port' for clients, in the order of the ids. */
  readonly brokers: readonly string[];
  readonly dataDirectory: string | undefined;
  /** Where the launcher itself asks this broker. */
  endpoint(id: number): Endpoint;
  status(id: number): BrokerStatus;
  /** Starts the process and does not wait for it to answer. */
  spawn(id: number): Promise<void>;
  /** SIGKILL and SIGTERM resolve when the process is gone, SIGSTOP when it stands still. */
  signal(id: number, name: 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT'): Promise<void>;
  /** The last lines of the broker's log, for an error message. */
  lastWords(id: number): string;
  /** Ends what is left and removes all data. */
  remove(): Promise<void>;
}
