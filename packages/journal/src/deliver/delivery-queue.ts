import { Entry, type ReadBackOptions } from './entry.js';
import { EntryQueue } from './entry-queue.js';
import type { BacklogReader } from '../log/read/backlog-reader.js';
import type { PausedTopics } from './paused-topics.js';

export interface FeedOptions extends ReadBackOptions {
  /** Has some of the room in memory. */
  readonly paused: PausedTopics;
  readonly reader: BacklogReader;
  /** Records before it are on disk alone: those of earlier starts. */
  readonly keepFrom: number;
  readonly mostRecords: number;
  readonly mostBytes: number;
  readonly now: () => number;
  /** The sequence number of the next record to come. */
  readonly nextSequence: () => number;
}

/**
 * What goes down next, in order: from memory as long as the chain below keeps pace, else read back from disk. A backlog takes no
 * memory: what does not fit is forgotten here, because the journal has it.
 */
export class Feed {
  /** Durable, in memory, waiting for room below. */
  private readonly kept = new EntryQueue();
  /** Read back; before all that is kept. */
  private readonly readBack = new EntryQueue();
  /** Records from here on are kept; those between the reader and this are read back. */
  private keepFrom: number;
  private loading = false;

  constructor(private readonly options: FeedOptions) {
    this.keepFrom = options.keepFrom;
  }

  /** Records are on disk that memory does not hold. */
  get isBehind(): boolean {
    return this.options.reader.next < this.keepFrom;
  }

  get isFull(): boolean {
    const { mostRecords, mostBytes, paused } = this.options;
    const { kept } = this;
    return kept.length + paused.asideRecords >= mostRecords || kept.bytes + paused.asideBytes >= mostBytes;
  }

  /** There is room for more, or there will be when what the disk has, too, is forgotten here. */
  get hasRoom(): boolean {
    return !this.isFull || this.kept.head?.isOnDisk === true;
  }

  /** Keeps an entry until there is room below: one that is wanted, that somebody waits for, or that is not on disk. */
  keep(entry: Entry): void {
    if (this.isFull) this.forget(entry.sequence);
    this.kept.push(entry);
    if (entry.sequence < this.keepFrom) this.keepFrom = entry.sequence;
  }

  /** Whether the durable record is to be kept; else it will be read back, as those before it. */
  wants(sequence: number): boolean {
    if (sequence < this.keepFrom) return false;
    if (this.isFull) this.forget(sequence);
    return sequence >= this.keepFrom;
  }

  /** Leaves to the disk what it has, up to the first that it has not, or that somebody waits for. `next` comes behind all that is kept. */
  private forget(next: number): void {
    const { kept, isBehind } = this;
    const first = kept.head;
    if (first?.isOnDisk === false) return;
    // Where a read has just ended, what it brought is taken over first.
    if (this.loading && !isBehind) return;
    if (!isBehind) this.options.reader.seek(first?.sequence ?? next);
    while (kept.head?.isOnDisk) kept.shift();
    this.keepFrom = kept.head?.sequence ?? Infinity;
  }

  shift(): Entry | undefined {
    if (this.head === undefined) return undefined;
    return this.readBack.length > 0 ? this.readBack.shift() : this.kept.shift();
  }

  /** What {@link shift} answers next. */
  get head(): Entry | undefined {
    if (this.readBack.length > 0) return this.readBack.head;
    // What is being read may be there already, and not in its queue yet.
    return this.loading || this.isBehind ? undefined : this.kept.head;
  }

  /** Reads more back. Answers false when there is nothing more to be read now. Rejects when the disk fails. */
  async load(): Promise<boolean> {
    if (this.loading || !this.isBehind) return false;
    this.loading = true;
    try {
      if (await this.loadSome()) return true;
    } finally {
      this.loading = false;
    }
    return this.head !== undefined;
  }

  /** False: there was nothing. */
  private async loadSome(): Promise<boolean> {
    const { reader, now, nextSequence } = this.options;
    while (this.readBack.length === 0) {
      // What is kept is not read: it may have been given up to be read while this was under way.
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
