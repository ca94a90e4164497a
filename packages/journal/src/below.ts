import type { Env } from '@holdfast/core';
import type { Entry } from './entry.js';

export interface BelowOptions {
  readonly maxInFlightRecords: number;
  readonly maxInFlightBytes: number;
  readonly env: Pick<Env, 'ready'>;
  /** A stage below that was full has room again. */
  readonly onRoom: () => void;
}

export interface TopicRecords {
  readonly topic: string;
  records: number;
}

/** What was handed down and has not come up yet, and whether more may follow. */
export class Below {
  records = 0;
  bytes = 0;
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

  add(entry: Entry): void {
    entry.isBelow = true;
    entry.counted = this.countOf(entry.record.topic);
    entry.counted.records++;
    this.records++;
    this.bytes += entry.bytes;
  }

  remove(entry: Entry): void {
    this.records--;
    this.bytes -= entry.bytes;
    const { counted } = entry;
    if (counted !== undefined && --counted.records === 0) this.byTopic.delete(counted.topic);
  }

  /** Most records first. */
  topics(): readonly Readonly<TopicRecords>[] {
    return Array.from(this.byTopic.values(), (one) => ({ ...one })).sort((a, b) => b.records - a.records);
  }

  private countOf(topic: string): TopicRecords {
    const { latest } = this;
    if (latest?.topic === topic && latest.records > 0) return latest;
    let found = this.byTopic.get(topic);
    if (found === undefined) this.byTopic.set(topic, (found = { topic, records: 0 }));
    return (this.latest = found);
  }
}
