import { cutName, LogThrottle } from '@holdfast/core/internal';
import type { Env } from '@holdfast/core/stage';
import '../events.js';
import type { BacklogReader, TopicSpan } from '../log/read/backlog-reader.js';
import { Entry, type ReadBackOptions } from './entry.js';
import { EntryQueue } from './entry-queue.js';
import type { InFlightWindow } from './in-flight-window.js';
import type { RetryQueue } from './retry-queue.js';

interface PausedTopic extends TopicSpan {
  /** The first record that stayed on disk and was not handed down since. */
  next: number;
  /** The last one; less than `next` when there is none. */
  last: number;
  /** Entries that cannot be left to the disk, and everything that followed them. */
  readonly aside: EntryQueue;
}

/**
 * The catch-up of one topic: its records are read back and handed down, as long as there is room
 * for them below.
 */
interface CatchUp {
  readonly paused: PausedTopic;
  readonly reader: BacklogReader;
}

export interface PausedTopicsOptions extends ReadBackOptions {
  readonly window: InFlightWindow;
  readonly retries: RetryQueue;
  readonly env: Pick<Env, 'clock' | 'events' | 'logger'>;
  readonly readerFrom: (sequence: number, span: TopicSpan) => BacklogReader;
}

/**
 * Topics that are stuck, or with records that failed and are retried. Their other records stay on
 * disk, so that they neither block other topics nor take memory; a record whose caller waits is set
 * aside in memory. When there is room for such a topic again, it catches up: what was left goes
 * down first, in order, and only then is the topic one of the others again. So its lanes stay in
 * order.
 */
export class PausedTopics {
  /** What is set aside in memory, of all topics. */
  asideRecords = 0;
  asideBytes = 0;
  private readonly topics = new Map<string, PausedTopic>();
  private catchUp: CatchUp | undefined;
  private loading = false;
  /** Read back for the topic that catches up. */
  private readonly queue = new EntryQueue();
  private readonly throttle: LogThrottle;

  constructor(private readonly options: PausedTopicsOptions) {
    this.throttle = new LogThrottle(options.env.clock);
  }

  get size(): number {
    return this.topics.size;
  }

  has(topic: string): boolean {
    return this.topics.size > 0 && this.topics.has(topic);
  }

  /** Returns whether new entries of the topic are set aside in memory. */
  hasAside(topic: string): boolean {
    return (this.topics.get(topic)?.aside.length ?? 0) > 0;
  }

  /** Leaves an entry behind that is next in the queue, and pauses its topic if it is not paused. */
  leave(entry: Entry): void {
    const { topic } = entry.record;
    const paused = this.topics.get(topic) ?? this.pause(topic);
    if (!entry.isOnDisk || paused.aside.length > 0) this.setAside(entry, paused);
    else this.leaveOnDisk(entry, paused);
  }

  /** Returns an entry that was left behind and may go down now. */
  shift(): Entry | undefined {
    const { catchUp, queue } = this;
    if (catchUp === undefined) return undefined;
    const { paused } = catchUp;
    // What is being read may be in memory already, and not in its queue yet.
    if (queue.length === 0 && (this.loading || hasUnread(catchUp))) return undefined;
    if (!this.mayGoOn(paused)) return undefined;
    const entry = queue.shift() ?? this.shiftAside(paused);
    if (queue.length === 0 && !hasUnread(catchUp) && paused.aside.length === 0) this.resume(catchUp);
    return entry;
  }

  /**
   * Drops entries that have expired meanwhile, and leaves to the disk those whose caller no longer
   * waits.
   */
  tidy(): void {
    for (const paused of this.topics.values()) {
      for (let { first } = paused.aside; first?.isExpired || first?.isOnDisk; { first } = paused.aside) {
        this.shiftAside(paused);
        if (!first.isExpired) this.leaveOnDisk(first, paused);
      }
    }
  }

  /**
   * Whether a topic with room below can begin to catch up, or the one that does has more to read.
   */
  get isBehind(): boolean {
    const { catchUp } = this;
    if (this.topics.size === 0) return false;
    if (catchUp === undefined || !this.mayGoOn(catchUp.paused)) return this.nextToCatchUp() !== undefined;
    return this.queue.length === 0 && hasUnread(catchUp);
  }

  /**
   * Begins the catch-up of a topic, or reads more for the one that is under way. Resolves with
   * false when there is no room for any. Rejects when the disk fails.
   */
  async load(): Promise<boolean> {
    const { env } = this.options;
    const catchUp = this.choose();
    if (catchUp === undefined) return false;
    this.loading = true;
    try {
      while (this.queue.length === 0 && hasUnread(catchUp)) {
        const records = await catchUp.reader.read();
        if (records === undefined && hasUnread(catchUp)) return false;
        const at = Math.trunc(env.clock.now());
        for (const one of records ?? []) this.queue.push(Entry.readBack(one, at, this.options));
      }
    } finally {
      this.loading = false;
    }
    return true;
  }

  /**
   * Stays with the topic that catches up while there is room for it; else takes the one that has
   * waited longest.
   */
  private choose(): CatchUp | undefined {
    if (this.catchUp !== undefined && this.mayGoOn(this.catchUp.paused)) return this.catchUp;
    const paused = this.nextToCatchUp();
    if (paused === undefined) return undefined;
    if (this.catchUp !== undefined) this.interrupt(this.catchUp);
    return (this.catchUp = { paused, reader: this.options.readerFrom(paused.next, paused) });
  }

  private mayGoOn({ topic }: PausedTopic): boolean {
    const { window, retries } = this.options;
    return window.atShare(topic) === undefined && retries.heldBy(topic) === undefined;
  }

  private nextToCatchUp(): PausedTopic | undefined {
    const { window, retries } = this.options;
    for (const paused of this.topics.values())
      if (window.isEased(paused.topic) && retries.heldBy(paused.topic) === undefined) return paused;
    return undefined;
  }

  private leaveOnDisk({ sequence }: Entry, paused: PausedTopic): void {
    const { catchUp } = this;
    // What lies between was handed down from memory.
    if (catchUp?.paused === paused && !hasUnread(catchUp)) catchUp.reader.seek(sequence);
    if (paused.last < paused.next) paused.next = sequence;
    paused.last = sequence;
  }

  private setAside(entry: Entry, { aside }: PausedTopic): void {
    aside.push(entry);
    this.asideRecords++;
    this.asideBytes += entry.bytes;
  }

  private shiftAside({ aside }: PausedTopic): Entry | undefined {
    const entry = aside.shift();
    if (entry === undefined) return undefined;
    this.asideRecords--;
    this.asideBytes -= entry.bytes;
    return entry;
  }

  /** Another topic has its turn: what was read for this one is forgotten. */
  private interrupt({ paused, reader }: CatchUp): void {
    paused.next = this.queue.first?.sequence ?? reader.next;
    this.catchUp = undefined;
    this.queue.clear();
    this.topics.delete(paused.topic);
    this.topics.set(paused.topic, paused);
  }

  private pause(topic: string): PausedTopic {
    const { window, retries, env } = this.options;
    const paused = { topic, next: 0, last: -1, aside: new EntryQueue() };
    this.topics.set(topic, paused);
    const records = window.recordsOf(topic);
    const code = retries.heldBy(topic);
    env.events.emit('journal.topicPaused', { topic, records, code });
    const why =
      code === undefined
        ? `none of its ${records} records in flight was settled for a second`
        : `${records} of its records failed for now (${code}) and are retried`;
    if (this.throttle.isDue(topic, code ?? 'stuck'))
      env.logger.warn(
        `the journal skips topic '${cutName(topic)}' for now: ${why}; its other records wait behind them; if the topic does not exist, create it, or set giveUpAfterMs`,
      );
    return paused;
  }

  private resume({ paused: { topic } }: CatchUp): void {
    this.catchUp = undefined;
    this.topics.delete(topic);
    const { events, logger } = this.options.env;
    events.emit('journal.topicResumed', { topic });
    if (this.throttle.forget(topic)) logger.warn(`the journal has caught up with topic '${cutName(topic)}'`);
  }
}

/** Whether records of the topic are on disk that were not read yet. */
const hasUnread = ({ paused, reader }: CatchUp): boolean => reader.next <= paused.last;
