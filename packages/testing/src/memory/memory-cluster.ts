import type { TopicLog } from '../topic-log.js';
import type { MemoryAdapter } from './memory-adapter.js';

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
  join(adapter: MemoryAdapter): void;
  leave(adapter: MemoryAdapter): void;
}
