import { cutName, LogThrottle } from '@holdfast/core/internal';
import type { Env } from '@holdfast/core/stage';
import '../events.js';
import type { Below } from './in-flight-window.js';
import { Entry, type ReadBackOptions } from './entry.js';
import { EntryQueue } from './entry-queue.js';
import type { BacklogReader, TopicSpan } from '../log/read/backlog-reader.js';
import type { Resends } from './retry-queue.js';

interface Paused extends TopicSpan {
  /** The first record that stayed on disk and did not go down since. */
  next: number;
  /** The last one; before `next`: there is none. */
  last: number;
  /** Those that cannot stay on disk, and what came after them. */
  readonly aside: EntryQueue;
}

/** One topic's records go down, as long as there is room for them below. */
interface Pass {
  readonly paused: Paused;
  readonly reader: BacklogReader;
}

export interface PausedTopicsOptions extends ReadBackOptions {
  readonly below: Below;
  readonly resends: Resends;
  readonly env: Pick<Env, 'clock' | 'events' | 'logger'>;
  readonly reader: (from: number, span: TopicSpan) => BacklogReader;
}

/**
 * Topics that are stuck, or of which records failed and go down again. What the journal has of them stays on disk, so that others do
 * not wait behind it and it takes no memory; what somebody waits for is set aside in memory. When there is room for such a topic
 * again, what was left goes down first, in order, and only then does it go on with the others. So its lanes stay in order.
 */
export class PausedTopics {
  /** What is in memory of them. */
  asideRecords = 0;
  asideBytes = 0;
  private readonly topics = new Map<string, Paused>();
  private pass: Pass | undefined;
  private loading = false;
  /** Read back in this pass. */
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

  /** Whether what comes of the topic is set aside in memory. */
  hasAside(topic: string): boolean {
    return (this.topics.get(topic)?.aside.length ?? 0) > 0;
  }

  /** Leaves behind an entry that comes next. */
  leave(entry: Entry): void {
    const { topic } = entry.record;
    const paused = this.topics.get(topic) ?? this.begin(topic);
    if (!entry.isOnDisk || paused.aside.length > 0) this.setAside(entry, paused);
    else this.leaveOnDisk(entry, paused);
  }

  /** What was left behind and may go down now. */
  shift(): Entry | undefined {
    const { pass, queue } = this;
    if (pass === undefined) return undefined;
    const { paused } = pass;
    // What is being read may be there already, and not in its queue yet.
    if (queue.length === 0 && (this.loading || hasUnread(pass))) return undefined;
    if (!this.mayGoOn(paused)) return undefined;
    const entry = queue.shift() ?? this.shiftAside(paused);
    if (queue.length === 0 && !hasUnread(pass) && paused.aside.length === 0) this.end(pass);
    return entry;
  }

  /** Drops what was given up meanwhile, and leaves to the disk what nobody waits for any more. */
  tidy(): void {
    for (const paused of this.topics.values()) {
      for (let { head } = paused.aside; head?.isExpired || head?.isOnDisk; { head } = paused.aside) {
        this.shiftAside(paused);
        if (!head.isExpired) this.leaveOnDisk(head, paused);
      }
    }
  }

  /** Whether there is something to be read back, or to be begun with, and room for it. */
  get isBehind(): boolean {
    const { pass } = this;
    if (this.topics.size === 0) return false;
    if (pass === undefined || !this.mayGoOn(pass.paused)) return this.waiting() !== undefined;
    return this.queue.length === 0 && hasUnread(pass);
  }

  /** Begins with a topic, or reads more of it back. Answers false when there is no room. Rejects when the disk fails. */
  async load(): Promise<boolean> {
    const { env } = this.options;
    const pass = this.choose();
    if (pass === undefined) return false;
    this.loading = true;
    try {
      while (this.queue.length === 0 && hasUnread(pass)) {
        const records = await pass.reader.read();
        if (records === undefined && hasUnread(pass)) return false;
        const at = Math.trunc(env.clock.now());
        for (const one of records ?? []) this.queue.push(Entry.readBack(one, at, this.options));
      }
    } finally {
      this.loading = false;
    }
    return true;
  }

  /** Whose turn it is: the one that has it, while there is room for it; else who has waited longest, if any may go. */
  private choose(): Pass | undefined {
    if (this.pass !== undefined && this.mayGoOn(this.pass.paused)) return this.pass;
    const paused = this.waiting();
    if (paused === undefined) return undefined;
    if (this.pass !== undefined) this.break(this.pass);
    return (this.pass = { paused, reader: this.options.reader(paused.next, paused) });
  }

  private mayGoOn({ topic }: Paused): boolean {
    const { below, resends } = this.options;
    return below.crowded(topic) === undefined && resends.heldBy(topic) === undefined;
  }

  private waiting(): Paused | undefined {
    const { below, resends } = this.options;
    for (const paused of this.topics.values())
      if (below.isEased(paused.topic) && resends.heldBy(paused.topic) === undefined) return paused;
    return undefined;
  }

  private leaveOnDisk({ sequence }: Entry, paused: Paused): void {
    const { pass } = this;
    // What lies between has gone down from memory.
    if (pass?.paused === paused && !hasUnread(pass)) pass.reader.seek(sequence);
    if (paused.last < paused.next) paused.next = sequence;
    paused.last = sequence;
  }

  private setAside(entry: Entry, { aside }: Paused): void {
    aside.push(entry);
    this.asideRecords++;
    this.asideBytes += entry.bytes;
  }

  private shiftAside({ aside }: Paused): Entry | undefined {
    const entry = aside.shift();
    if (entry === undefined) return undefined;
    this.asideRecords--;
    this.asideBytes -= entry.bytes;
    return entry;
  }

  /** Another has its turn: what was read is forgotten. */
  private break({ paused, reader }: Pass): void {
    paused.next = this.queue.head?.sequence ?? reader.next;
    this.pass = undefined;
    this.queue.clear();
    this.topics.delete(paused.topic);
    this.topics.set(paused.topic, paused);
  }

  private begin(topic: string): Paused {
    const { below, resends, env } = this.options;
    const paused = { topic, next: 0, last: -1, aside: new EntryQueue() };
    this.topics.set(topic, paused);
    const records = below.recordsOf(topic);
    const code = resends.heldBy(topic);
    env.events.emit('journal.topicPaused', { topic, records, code });
    const why =
      code === undefined
        ? `of ${records} records that went down, nothing has come back for a second`
        : `${records} records have failed for now (${code}) and go down again`;
    if (this.throttle.isDue(topic, code ?? 'stuck'))
      env.logger.warn(
        `the journal goes past topic '${cutName(topic)}': ${why}; the others wait behind them; if the topic was never made, make it, or set giveUpAfterMs`,
      );
    return paused;
  }

  private end({ paused: { topic } }: Pass): void {
    this.pass = undefined;
    this.topics.delete(topic);
    const { events, logger } = this.options.env;
    events.emit('journal.topicResumed', { topic });
    if (this.throttle.forget(topic)) logger.warn(`the journal has caught up with topic '${cutName(topic)}'`);
  }
}

/** Records of it are on disk that were not read yet. */
const hasUnread = ({ paused, reader }: Pass): boolean => reader.next <= paused.last;
