import type { ReadRecord } from '@holdfast/testing';
import { keyCount, kilobyteRecord } from './kilobyte-records.js';

/**
 * Checks a topic one record at a time, by partition and offset, with one byte of memory per record.
 */
export class TopicCheck {
  duplicated = 0;
  outOfOrder = 0;
  /** Records that nobody sent, compared byte for byte. */
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

  /** The number of records that are missing. */
  get lost(): number {
    return this.seen.reduce((left, seen) => left - seen, this.sent);
  }
}
