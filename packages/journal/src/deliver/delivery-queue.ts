import { Entry, type ReadBackOptions } from './entry.js';
import { EntryQueue } from './entry-queue.js';
import type { BacklogReader } from '../log/read/backlog-reader.js';
import type { PausedTopics } from './paused-topics.js';

export interface DeliveryQueueOptions extends ReadBackOptions {
  /** Shares the room in memory. */
  readonly paused: PausedTopics;
  readonly reader: BacklogReader;
  /** Records before this sequence number are on disk alone: those of earlier starts. */
  readonly keepFrom: number;
  readonly mostRecords: number;
  readonly mostBytes: number;
  readonly now: () => number;
  /** The sequence number of the next record to come. */
  readonly nextSequence: () => number;
}

/**
 * The records to deliver next, in order: from memory as long as the chain below keeps up, else read
 * back from disk. A backlog takes no memory: what does not fit is forgotten here, because the disk
 * has it.
 */
export class DeliveryQueue {
  /** Durable, in memory, waiting for room below. */
  private readonly kept = new EntryQueue();
  /** Read back; all of it comes before what is kept. */
  private readonly readBack = new EntryQueue();
  /** Records from here on are kept; those between the reader's position and this are read back. */
  private keepFrom: number;
  private loading = false;

  constructor(private readonly options: DeliveryQueueOptions) {
    this.keepFrom = options.keepFrom;
  }

  /** Whether the disk has records that memory does not hold. */
  get isBehind(): boolean {
    return this.options.reader.next < this.keepFrom;
  }

  get isFull(): boolean {
    const { mostRecords, mostBytes, paused } = this.options;
    const { kept } = this;
    return kept.length + paused.asideRecords >= mostRecords || kept.bytes + paused.asideBytes >= mostBytes;
  }

  /** Whether there is room for more, or will be once what the disk also has is forgotten here. */
  get hasRoom(): boolean {
    return !this.isFull || this.kept.first?.isOnDisk === true;
  }

  /**
   * Keeps an entry until there is room below: one that {@link wants} asked for, that a caller waits
   * for, or that is not on disk.
   */
  keep(entry: Entry): void {
    if (this.isFull) this.forget(entry.sequence);
    this.kept.push(entry);
    if (entry.sequence < this.keepFrom) this.keepFrom = entry.sequence;
  }

  /**
   * Returns whether a durable record is to be kept; else it will be read back, as those before it.
   */
  wants(sequence: number): boolean {
    if (sequence < this.keepFrom) return false;
    if (this.isFull) this.forget(sequence);
    return sequence >= this.keepFrom;
  }

  /**
   * Leaves what the disk has to the disk, up to the first entry that it does not have, or that a
   * caller waits for. The record `next` follows all that is kept.
   */
  private forget(next: number): void {
    const { kept, isBehind } = this;
    const { first } = kept;
    if (first?.isOnDisk === false) return;
    // A read has just ended: what it returned is taken over first.
    if (this.loading && !isBehind) return;
    if (!isBehind) this.options.reader.seek(first?.sequence ?? next);
    while (kept.first?.isOnDisk) kept.shift();
    this.keepFrom = kept.first?.sequence ?? Infinity;
  }

  /** The entry that {@link shift} returns next. */
  get first(): Entry | undefined {
    if (this.readBack.length > 0) return this.readBack.first;
    // What is being read may be in memory already, and not in its queue yet.
    return this.loading || this.isBehind ? undefined : this.kept.first;
  }

  shift(): Entry | undefined {
    if (this.first === undefined) return undefined;
    return this.readBack.length > 0 ? this.readBack.shift() : this.kept.shift();
  }

  /**
   * Reads more back. Resolves with false when there is nothing to be read now. Rejects when the
   * disk fails.
   */
  async load(): Promise<boolean> {
    if (this.loading || !this.isBehind) return false;
    this.loading = true;
    try {
      if (await this.loadSome()) return true;
    } finally {
      this.loading = false;
    }
    return this.first !== undefined;
  }

  /** Resolves with false when there was nothing. */
  private async loadSome(): Promise<boolean> {
    const { reader, now, nextSequence } = this.options;
    while (this.readBack.length === 0) {
      // What is kept is not read: it may have been forgotten during the read, to be read again.
      if (!this.isBehind) return false;
      const records = await reader.read();
      if (records === undefined) {
        // What comes from now on is kept; what came until now is read as soon as it is durable.
        if (this.keepFrom === Infinity) this.keepFrom = nextSequence();
        return false;
      }
      const at = Math.trunc(now());
      for (const one of records) {
        if (one.sequence >= this.keepFrom) break;
        this.readBack.push(Entry.readBack(one, at, this.options));
      }
    }
    return true;
  }
}
