import { Gate } from '@holdfast/core/stage';

/** Bounds what a producer adds to while sinks are slower than failures come. */
export class Room {
  records = 0;
  bytes = 0;
  private readonly gate = new Gate();

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
    if (this.gate.isAwaited && !this.isFull()) this.gate.open();
  }

  /** `undefined`: there is some; else a promise for when there is. */
  ready(): Promise<void> | undefined {
    return this.isFull() ? this.gate.wait() : undefined;
  }

  private isFull(): boolean {
    return this.bytes >= this.maxBytes || this.records >= this.maxRecords;
  }
}
