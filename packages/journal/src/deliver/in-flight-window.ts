import type { Env } from '@holdfast/core/stage';
import type { Entry, TopicRecords } from './entry.js';

export interface BelowOptions {
  readonly maxInFlightRecords: number;
  readonly maxInFlightBytes: number;
  readonly env: Pick<Env, 'ready'>;
  /** A stage below that was full has room again. */
  readonly onRoom: () => void;
}

/**
 * Each topic may have so many times as much as is left of the common part: the first that is stuck gets four fifths of that, the next
 * four fifths of what is left, and so on (dynamic thresholds: Choudhury, Hahne, "Dynamic queue length thresholds for shared-memory
 * packet switches", IEEE/ACM Transactions on Networking 6 (2), 1998).
 */
const share = 4;
/** One that had its share has room again when it has no more than this. */
const easedShare = 2;
const commonPart = 3 / 4;
/** Of the rest each topic may have a little, so that others find some room beside a hundred that are stuck. */
const leastPart = 1 / 400;

/** Whether `has` is a topic's share, when all topics have `total` of `most`. */
const isShare = (has: number, total: number, most: number, times: number): boolean =>
  has >= times * Math.max(most * commonPart - total, (most * leastPart) / share);

/** What was handed down and has not come up yet, and whether more may follow. */
export class Below {
  records = 0;
  bytes = 0;
  /** Of these, what has come up and goes down again. */
  heldRecords = 0;
  heldBytes = 0;
  private isWaiting = false;
  private readonly byTopic = new Map<string, TopicRecords>();
  /** Records of one topic often come together. */
  private latest: TopicRecords | undefined;

  constructor(private readonly options: BelowOptions) {}

  get hasRoom(): boolean {
    const { maxInFlightRecords, maxInFlightBytes, env, onRoom } = this.options;
    if (this.records >= maxInFlightRecords || this.bytes >= maxInFlightBytes) return false;
    const full = env.ready();
    if (full === undefined) return true;
    if (!this.isWaiting) {
      this.isWaiting = true;
      const go = (): void => {
        this.isWaiting = false;
        onRoom();
      };
      full.then(go, go);
    }
    return false;
  }

  /** What a topic has below, when that is its share; `undefined`: more may follow. */
  crowded(topic: string): TopicRecords | undefined {
    const found = this.find(topic);
    return found !== undefined && this.isPast(found, share) ? found : undefined;
  }

  recordsOf(topic: string): number {
    return this.find(topic)?.records ?? 0;
  }

  /** Whether a topic that had its share is well below it. */
  isEased(topic: string): boolean {
    const found = this.find(topic);
    return found === undefined || !this.isPast(found, easedShare);
  }

  private isPast({ records, bytes }: TopicRecords, times: number): boolean {
    const { maxInFlightRecords, maxInFlightBytes } = this.options;
    return (
      isShare(records, this.records, maxInFlightRecords, times) ||
      isShare(bytes, this.bytes, maxInFlightBytes, times)
    );
  }

  add(entry: Entry): void {
    entry.isBelow = true;
    const counted = this.countOf(entry.record.topic);
    entry.counted = counted;
    counted.records++;
    counted.bytes += entry.bytes;
    this.records++;
    this.bytes += entry.bytes;
  }

  /** It has come up and goes down again: it keeps its room. */
  hold(entry: Entry): void {
    entry.isBelow = false;
    this.heldRecords++;
    this.heldBytes += entry.bytes;
    const { counted } = entry;
    if (counted === undefined) return;
    counted.held++;
    counted.cameUp++;
  }

  /** Whether nothing of a topic is below but what is held. */
  isBack(topic: string): boolean {
    const found = this.find(topic);
    return found === undefined || found.records === found.held;
  }

  remove(entry: Entry): void {
    this.records--;
    this.bytes -= entry.bytes;
    if (!entry.isBelow) {
      this.heldRecords--;
      this.heldBytes -= entry.bytes;
    }
    const { counted } = entry;
    if (counted === undefined) return;
    counted.bytes -= entry.bytes;
    if (entry.isBelow) counted.cameUp++;
    else counted.held--;
    if (--counted.records === 0) this.byTopic.delete(counted.topic);
  }

  /** Most records first. */
  topics(): { readonly topic: string; readonly records: number }[] {
    const all = Array.from(this.byTopic.values(), ({ topic, records }) => ({ topic, records }));
    return all.sort((a, b) => b.records - a.records);
  }

  private countOf(topic: string): TopicRecords {
    let found = this.find(topic);
    if (found === undefined) {
      found = { topic, records: 0, bytes: 0, held: 0, cameUp: 0 };
      this.byTopic.set(topic, found);
    }
    return (this.latest = found);
  }

  private find(topic: string): TopicRecords | undefined {
    const { latest } = this;
    return latest?.topic === topic && latest.records > 0 ? latest : this.byTopic.get(topic);
  }
}
