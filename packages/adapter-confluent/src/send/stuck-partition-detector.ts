import { noLeader, type PartitionState } from '../cluster/partition-state.js';

/**
 * By now the client has left a leader that does not answer (`socket.timeout.ms`, 10 s), and the
 * cluster has elected another: earlier silence says nothing about the client. Ms.
 */
const minPatienceMs = 15_000;
/**
 * The patience doubles with each client that is replaced, up to this, and halves when none was for
 * as long, ms.
 */
const maxPatienceMs = 600_000;
/** How long metadata is believed that names a leader, ms. */
const freshMs = 5_000;

/**
 * Finds partitions of which the client confirms nothing, although brokers answer it and name a
 * leader. Such a client lives and never gets there: a topic that was created again on another
 * broker looks to it like old metadata (librdkafka 4898).
 */
export class StuckPartitionDetector {
  /** Monotonic ms since when, by partition. */
  private readonly silent = new Map<PartitionState, number>();
  private readonly minMs: number;
  private readonly maxMs: number;
  private patienceMs: number;
  private changedAt = -Infinity;

  constructor(requestTimeoutMs: number) {
    this.patienceMs = this.minMs = Math.max(requestTimeoutMs, minPatienceMs);
    this.maxMs = Math.max(this.minMs, maxPatienceMs);
  }

  isSilent(partition: PartitionState): boolean {
    return this.silent.has(partition);
  }

  /** A record that was sent at `since` has timed out, without an answer of a broker. */
  timedOut(partition: PartitionState, since: number): void {
    if (!this.isSilent(partition)) this.silent.set(partition, Math.max(since, partition.answeredAt));
  }

  /** A broker has answered about a record. */
  answered(partition: PartitionState, now: number): void {
    partition.answeredAt = now;
    if (this.silent.size > 0) this.silent.delete(partition);
  }

  /** Returns a partition because of which the client should be replaced. */
  stuck(now: number): PartitionState | undefined {
    if (now - this.changedAt > this.maxMs) this.change(this.patienceMs / 2, now);
    for (const [partition, since] of this.silent) {
      const hasLeader = partition.leader !== noLeader && now - partition.seenAt <= freshMs;
      // Too few replicas explain the silence, and another client would meet the same.
      const patienceMs = partition.inSync < partition.replicas ? this.maxMs : this.patienceMs;
      if (hasLeader && now - since >= patienceMs) return partition;
    }
    return undefined;
  }

  /** The client is replaced because of a stuck partition. */
  replaced(now: number): void {
    this.change(this.patienceMs * 2, now);
  }

  /** The next client has no records yet. */
  clear(): void {
    this.silent.clear();
  }

  private change(patienceMs: number, now: number): void {
    this.patienceMs = Math.min(this.maxMs, Math.max(this.minMs, patienceMs));
    this.changedAt = now;
  }
}
