import { DelayQueue } from '@holdfast/core/internal';
import { recordBytes, type Clock, type Delivery, type Settle } from '@holdfast/core/stage';

/** Records that wait for one and the same next attempt. */
export interface RetryGroup {
  readonly deliveries: Delivery[];
  readonly settle: Settle;
  /** The backoff that this attempt waits for, ms. */
  readonly delayMs: number;
  /** Monotonic ms: no attempt before. */
  readonly readyAt: number;
}

interface WaitingGroup extends RetryGroup {
  /** Monotonic ms: it is ready, or the first deadline has passed. */
  readonly dueAt: number;
  readonly bytes: number;
  /** The `createdAt` of the record that was sent first: monotonic, whole ms. */
  readonly oldestAt: number;
}

/**
 * The records that wait for their next attempt. Their totals are kept up to date as groups come and
 * go: computing them on request takes a fifth of a second for a million groups.
 */
export class WaitingRecords {
  private readonly delayed: DelayQueue<WaitingGroup>;
  /**
   * The number of groups by their `oldestAt`: as many entries as milliseconds in which such a
   * record was sent.
   */
  private readonly groupsByAge = new Map<number, number>();
  private totalBytes = 0;

  constructor(clock: Clock, onDue: (group: RetryGroup) => void) {
    this.delayed = new DelayQueue(clock, (due) => {
      for (const group of due) {
        this.subtract(group);
        onDue(group);
      }
    });
  }

  get bytes(): number {
    return this.totalBytes;
  }

  /** The group is due when it is ready, or at the first deadline of its records if that is earlier. */
  add({ deliveries, settle, delayMs, readyAt }: RetryGroup): void {
    let dueAt = readyAt;
    let bytes = 0;
    let oldestAt = Infinity;
    for (const { deadline, createdAt, record } of deliveries) {
      dueAt = Math.min(dueAt, deadline);
      oldestAt = Math.min(oldestAt, createdAt);
      bytes += recordBytes(record);
    }
    this.totalBytes += bytes;
    this.groupsByAge.set(oldestAt, (this.groupsByAge.get(oldestAt) ?? 0) + 1);
    this.delayed.add({ deliveries, settle, delayMs, readyAt, dueAt, bytes, oldestAt });
  }

  /** Removes each group, due or not, as it is visited. */
  *takeAll(): Iterable<RetryGroup> {
    for (const group of this.delayed.takeAll()) {
      this.subtract(group);
      yield group;
    }
  }

  /** The `createdAt` of the oldest waiting record; `Infinity` if none waits. */
  oldestCreatedAt(): number {
    let oldest = Infinity;
    for (const at of this.groupsByAge.keys()) if (at < oldest) oldest = at;
    return oldest;
  }

  private subtract({ bytes, oldestAt }: WaitingGroup): void {
    this.totalBytes -= bytes;
    const left = (this.groupsByAge.get(oldestAt) ?? 0) - 1;
    if (left > 0) this.groupsByAge.set(oldestAt, left);
    else this.groupsByAge.delete(oldestAt);
  }
}
