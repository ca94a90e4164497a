import type { TopicLog } from './topic-log.js';

/** The in-memory Kafka as an adapter sees it. */
export interface MemoryCluster {
  readonly isUp: boolean;
  /** Requests are received, and get no response. */
  readonly isSilent: boolean;
  readonly log: TopicLog;
  readonly latencyMs: number;
  readonly maxMessageBytes: number;
  readonly random: () => number;
  /** Returns `undefined` for an unknown topic. */
  partitionsOf(topic: string): number | undefined;
  join(client: ClusterClient): void;
  leave(client: ClusterClient): void;
}

/** An adapter as the in-memory Kafka sees it: a client that it notifies about its connection. */
export interface ClusterClient {
  /** Called when the cluster goes down. */
  connectionLost(writesInFlight: boolean): void;
  connectionBack(): void;
  /** Called when a silence ends. */
  answersAgain(): void;
}
