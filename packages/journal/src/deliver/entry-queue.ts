import { RingQueue } from '@holdfast/core/internal';
import type { Entry } from './entry.js';

/** A FIFO of entries that knows how many bytes they have. */
export class EntryQueue {
  bytes = 0;
  private readonly entries = new RingQueue<Entry>();

  get length(): number {
    return this.entries.length;
  }

  get first(): Entry | undefined {
    return this.entries.first;
  }

  push(entry: Entry): void {
    this.entries.push(entry);
    this.bytes += entry.bytes;
  }

  shift(): Entry | undefined {
    const entry = this.entries.shift();
    this.bytes -= entry?.bytes ?? 0;
    return entry;
  }

  clear(): void {
    this.entries.takeAll();
    this.bytes = 0;
  }
}
