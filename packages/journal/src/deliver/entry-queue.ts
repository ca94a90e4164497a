import type { Entry } from './entry.js';

/** In order; a ring of slots, so that neither end costs more the longer it is. */
export class EntryQueue {
  private slots: (Entry | undefined)[] = new Array<Entry | undefined>(64).fill(undefined);
  private start = 0;
  length = 0;
  bytes = 0;

  get head(): Entry | undefined {
    return this.length === 0 ? undefined : this.slots[this.start];
  }

  push(entry: Entry): void {
    if (this.length === this.slots.length) this.grow();
    this.slots[(this.start + this.length++) & (this.slots.length - 1)] = entry;
    this.bytes += entry.bytes;
  }

  shift(): Entry | undefined {
    const entry = this.head;
    if (entry === undefined) return undefined;
    this.slots[this.start] = undefined;
    this.start = (this.start + 1) & (this.slots.length - 1);
    this.length--;
    this.bytes -= entry.bytes;
    return entry;
  }

  clear(): void {
    while (this.shift() !== undefined);
  }

  private grow(): void {
    const { length } = this.slots;
    const larger = new Array<Entry | undefined>(length * 2).fill(undefined);
    for (let i = 0; i < length; i++) larger[i] = this.slots[(this.start + i) & (length - 1)];
    this.slots = larger;
    this.start = 0;
  }
}
