import type { Delivery } from '@holdfast/core/stage';
import type { Part, Topic } from './topic.js';

/** What was handed down together: what it still counts for, in all and for each of its topics. */
export class Batch {
  records = 0;
  bytes = 0;
  private first: Part | undefined;
  /** Only when it has records of more topics than one. */
  private parts: Map<string, Part> | undefined;

  constructor(
    /** When it was handed down, monotonic ms. */
    readonly at: number,
  ) {}

  add(topic: Topic, records: number): void {
    const part = topic.wentDown(this, records);
    this.records += records;
    if (this.first === undefined) this.first = part;
    else if (part !== this.first) {
      this.parts ??= new Map([[this.first.topic.name, this.first]]);
      this.parts.set(topic.name, part);
    }
  }

  /**
   * Counts what came up, and calls `heard` for each topic of which something did. Answers with the bytes that are free again:
   * a stage below may have changed a record, so its share of what went down counts, not its size now.
   */
  cameUp(settled: readonly Delivery[], now: number, heard: (topic: Topic) => void): number {
    // A stage that mixes up its batches may settle more than there were: that must not wedge the bounds.
    const all = settled.length >= this.records;
    const bytes = all ? this.bytes : Math.floor((this.bytes * settled.length) / this.records);
    this.records = all ? 0 : this.records - settled.length;
    this.bytes -= bytes;
    if (this.parts === undefined) {
      if (this.first !== undefined) {
        count(this.first, settled.length, settled.some(isThere), now);
        heard(this.first.topic);
      }
    } else {
      this.countRuns(this.parts, settled, now, heard);
      if (all) this.countRest(this.parts, now, heard);
    }
    return bytes;
  }

  private countRuns(
    parts: ReadonlyMap<string, Part>,
    settled: readonly Delivery[],
    now: number,
    heard: (topic: Topic) => void,
  ): void {
    let name: string | undefined;
    let records = 0;
    let there = false;
    const endRun = (): void => {
      const part = name === undefined ? undefined : parts.get(name);
      // A stage below has given the record another topic: it is counted when all the others are.
      if (part === undefined) return;
      count(part, records, there, now);
      heard(part.topic);
    };
    for (const delivery of settled) {
      const { topic } = delivery.record;
      if (topic !== name) {
        endRun();
        name = topic;
        records = 0;
        there = false;
      }
      records++;
      there ||= isThere(delivery);
    }
    endRun();
  }

  private countRest(parts: ReadonlyMap<string, Part>, now: number, heard: (topic: Topic) => void): void {
    for (const part of parts.values()) {
      if (part.left === 0) continue;
      count(part, part.left, false, now);
      heard(part.topic);
    }
  }
}

function count(part: Part, records: number, there: boolean, now: number): void {
  const { topic } = part;
  topic.cameUp(part, records);
  if (!there) return;
  topic.deliveredAt = now;
  topic.deliveredSentAt = Math.max(topic.deliveredSentAt, part.batch.at);
}

/** Somebody has it: its topic works. */
const isThere = ({ outcome }: Delivery): boolean =>
  outcome !== undefined && outcome.status !== 'failed' && outcome.status !== 'unknown';
