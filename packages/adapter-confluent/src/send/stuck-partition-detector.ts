import { noLeader, type PartitionState } from '../cluster/topic-state.js';

/**
 * By now the client has left a leader that does not answer (`socket.timeout.ms`, 10 s), and the
 * cluster has found the partition another: before, silence says nothing about the client. Ms.
 */
const leastPatienceMs = 15_000;
/**
 * The patience doubles with each client that is replaced, up to this, and halves when none was for
 * so long. Ms.
 */
const mostPatienceMs = 600_000;
/** What metadata says of a leader is believed for so long, ms. */
const freshMs = 5_000;

/**
 * Partitions of which the client confirms nothing, though brokers answer it and say that there is a
 * leader. It lives by its own word and never gets there: a topic that was made again on another
 * broker looks to it like old news (librdkafka 4898).
 */
export class Silence {
  /** Monotonic ms since when, by partition. */
  private readonly silent = new Map<PartitionState, number>();
  private readonly leastMs: number;
  private readonly mostMs: number;
  private patienceMs: number;
  private changedAt = -Infinity;

  constructor(requestTimeoutMs: number) {
    this.patienceMs = this.leastMs = Math.max(requestTimeoutMs, leastPatienceMs);
    this.mostMs = Math.max(this.leastMs, mostPatienceMs);
  }

  has(partition: PartitionState): boolean {
    return this.silent.has(partition);
  }

  /** The time of a record that was sent at `since` is over, without a word from a broker. */
  note(partition: PartitionState, since: number): void {
    if (!this.has(partition)) this.silent.set(partition, Math.max(since, partition.heardAt));
  }

  /** A broker has spoken of a record. */
  heard(partition: PartitionState, now: number): void {
    partition.heardAt = now;
    if (this.silent.size > 0) this.silent.delete(partition);
  }

  /** A partition for which another client is worth a try. */
  stuck(now: number): PartitionState | undefined {
    if (now - this.changedAt > this.mostMs) this.change(this.patienceMs / 2, now);
    for (const [partition, since] of this.silent) {
      const isSeen = partition.leader !== noLeader && now - partition.seenAt <= freshMs;
      // Too few replicas explain the silence, and another client would meet the same.
      const patienceMs = partition.inSync < partition.replicas ? this.mostMs : this.patienceMs;
      if (isSeen && now - since >= patienceMs) return partition;
    }
    return undefined;
  }

  /** The client is replaced because of one that is stuck. */
  replaced(now: number): void {
    this.change(this.patienceMs * 2, now);
  }

  /** Another client: nothing is with it. */
  clear(): void {
    this.silent.clear();
  }

  private change(patienceMs: number, now: number): void {
    this.patienceMs = Math.min(this.mostMs, Math.max(this.leastMs, patienceMs));
    this.changedAt = now;
  }
}
