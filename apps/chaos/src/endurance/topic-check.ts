import type { ReadRecord } from '@holdfast/testing';
import { keyCount, kilobyteRecord } from './kilobyte-records.js';

/** Follows a topic a record at a time, by partition and offset, with a byte of memory for each. */
export class TopicCheck {
  duplicated = 0;
  outOfOrder = 0;
  /** Nobody sent them, byte for byte. */
  foreign = 0;
  private readonly seen: Uint8Array;
  private readonly last = new Int32Array(keyCount).fill(-1);

  constructor(private readonly sent: number) {
    this.seen = new Uint8Array(sent);
  }

  visit({ key, value }: Pick<ReadRecord, 'key' | 'value'>): void {
    const text = value?.toString('latin1') ?? '';
    const n = Number(/^\d+/.exec(text)?.[0] ?? NaN);
    const expected = n < this.sent ? kilobyteRecord(n) : undefined;
    if (expected?.value !== text || expected.key !== key?.toString('latin1')) {
      this.foreign++;
    } else if (this.seen[n] === 1) {
      this.duplicated++;
    } else {
      this.seen[n] = 1;
      if (n < (this.last[n % keyCount] ?? -1)) this.outOfOrder++;
      else this.last[n % keyCount] = n;
    }
  }

  /** Records that are not there. */
  get lost(): number {
    return this.seen.reduce((left, seen) => left - seen, this.sent);
  }
}
