import { Notify } from '@holdfast/core/stage';

/** Bounds what a producer adds to while sinks are slower than failures come. */
export class Room {
  records = 0;
  bytes = 0;
  private readonly freed = new Notify();

  constructor(
    private readonly maxBytes: number,
    private readonly maxRecords: number,
  ) {}

  add(bytes: number): void {
    this.records++;
    this.bytes += bytes;
  }

  remove(bytes: number): void {
    this.records--;
    this.bytes -= bytes;
    if (this.freed.isAwaited && !this.isFull()) this.freed.notifyAll();
  }

  /** `undefined`: there is some; else a promise for when there is. */
  ready(): Promise<void> | undefined {
    return this.isFull() ? this.freed.wait() : undefined;
  }

  private isFull(): boolean {
    return this.bytes >= this.maxBytes || this.records >= this.maxRecords;
  }
}
