import type { TopicLog } from '../topic-log.js';

/** What an adapter sees of the Kafka in memory. */
export interface MemoryCluster {
  readonly isUp: boolean;
  /** Requests are taken, and not answered. */
  readonly isSilent: boolean;
  readonly log: TopicLog;
  readonly latencyMs: number;
  readonly maxMessageBytes: number;
  readonly random: () => number;
  /** `undefined`: there is no such topic. */
  partitionsOf(topic: string): number | undefined;
  join(client: ClusterClient): void;
  leave(client: ClusterClient): void;
}

/** What the Kafka in memory sees of an adapter: a client that it notifies of its connection. */
export interface ClusterClient {
  /** The cluster went away. */
  connectionLost(writesInFlight: boolean): void;
  connectionBack(): void;
  /** Called when a silence ends. */
  answersAgain(): void;
}
