import type { Entry, TopicInFlight } from './entry.js';

export interface InFlightWindowOptions {
  readonly maxInFlightRecords: number;
  readonly maxInFlightBytes: number;
}

/**
 * A topic may have this many times what is left of the common part: the first one that is stuck
 * gets four fifths of that part, the next one four fifths of the rest, and so on (dynamic
 * thresholds: Choudhury, Hahne, "Dynamic queue length thresholds for shared-memory packet
 * switches", IEEE/ACM Transactions on Networking 6 (2), 1998).
 */
const shareFactor = 4;
/** A topic that had reached its share has room again once it is below this. */
const easedFactor = 2;
const commonPart = 3 / 4;
/**
 * Each topic may have this much of the rest, so that others find some room beside a hundred that
 * are stuck.
 */
const leastPart = 1 / 400;

/** Whether `count` is a topic's share of `most`, of which all topics use `used`. */
const isShare = (count: number, used: number, most: number, factor: number): boolean =>
  count >= factor * Math.max(most * commonPart - used, (most * leastPart) / shareFactor);

/**
 * The entries that were handed down and are not settled, and whether more may follow: in all, and
 * of each topic.
 */
export class InFlightWindow {
  /** Entries that take room: in flight, or waiting to be retried. */
  records = 0;
  bytes = 0;
  /** How many of these wait to be retried. */
  retryRecords = 0;
  retryBytes = 0;
  private readonly byTopic = new Map<string, TopicInFlight>();
  /** Records of one topic often come together. */
  private latest: TopicInFlight | undefined;

  constructor(private readonly options: InFlightWindowOptions) {}

  get hasRoom(): boolean {
    return this.records < this.options.maxInFlightRecords && this.bytes < this.options.maxInFlightBytes;
  }

  /**
   * Returns what a topic has in flight when it has reached its share; `undefined` when more may
   * follow.
   */
  atShare(topic: string): TopicInFlight | undefined {
    const found = this.find(topic);
    return found !== undefined && this.exceeds(found, shareFactor) ? found : undefined;
  }

  /** Returns whether a topic that had reached its share is well below it. */
  isEased(topic: string): boolean {
    const found = this.find(topic);
    return found === undefined || !this.exceeds(found, easedFactor);
  }

  recordsOf(topic: string): number {
    return this.find(topic)?.records ?? 0;
  }

  add(entry: Entry): void {
    entry.isInFlight = true;
    const counted = this.countersOf(entry.record.topic);
    entry.topicInFlight = counted;
    counted.records++;
    counted.bytes += entry.bytes;
    this.records++;
    this.bytes += entry.bytes;
  }

  /** Keeps the room of an entry that was settled and is to be retried. */
  keepForRetry(entry: Entry): void {
    entry.isInFlight = false;
    this.retryRecords++;
    this.retryBytes += entry.bytes;
    const counted = entry.topicInFlight;
    if (counted === undefined) return;
    counted.retrying++;
    counted.settled++;
  }

  /** Returns whether all entries of a topic are settled, those included that wait to be retried. */
  isSettled(topic: string): boolean {
    const found = this.find(topic);
    return found === undefined || found.records === found.retrying;
  }

  remove(entry: Entry): void {
    this.records--;
    this.bytes -= entry.bytes;
    if (!entry.isInFlight) {
      this.retryRecords--;
      this.retryBytes -= entry.bytes;
    }
    const counted = entry.topicInFlight;
    if (counted === undefined) return;
    counted.bytes -= entry.bytes;
    if (entry.isInFlight) counted.settled++;
    else counted.retrying--;
    if (--counted.records === 0) this.byTopic.delete(counted.topic);
  }

  /** Returns the topics and their records, most records first. */
  topics(): { readonly topic: string; readonly records: number }[] {
    const all = Array.from(this.byTopic.values(), ({ topic, records }) => ({ topic, records }));
    return all.sort((a, b) => b.records - a.records);
  }

  private exceeds({ records, bytes }: TopicInFlight, factor: number): boolean {
    const { maxInFlightRecords, maxInFlightBytes } = this.options;
    return (
      isShare(records, this.records, maxInFlightRecords, factor) ||
      isShare(bytes, this.bytes, maxInFlightBytes, factor)
    );
  }

  private countersOf(topic: string): TopicInFlight {
    let found = this.find(topic);
    if (found === undefined) {
      found = { topic, records: 0, bytes: 0, retrying: 0, settled: 0 };
      this.byTopic.set(topic, found);
    }
    return (this.latest = found);
  }

  private find(topic: string): TopicInFlight | undefined {
    const { latest } = this;
    return latest?.topic === topic && latest.records > 0 ? latest : this.byTopic.get(topic);
  }
}
