import { Notify } from '@holdfast/core/stage';

/** Bounds the letters that are held while sinks are slower than failures arrive. */
export class Capacity {
  records = 0;
  bytes = 0;
  private readonly freed = new Notify();

  constructor(
    private readonly maxBytes: number,
    private readonly maxRecords: number,
  ) {}

  acquire(bytes: number): void {
    this.records++;
    this.bytes += bytes;
  }

  release(bytes: number): void {
    this.records--;
    this.bytes -= bytes;
    if (this.freed.isAwaited && !this.isFull()) this.freed.notifyAll();
  }

  /** Returns `undefined` when there is room, else a promise that resolves when there is. */
  ready(): Promise<void> | undefined {
    return this.isFull() ? this.freed.wait() : undefined;
  }

  private isFull(): boolean {
    return this.bytes >= this.maxBytes || this.records >= this.maxRecords;
  }
}
