/** Bounds what a producer adds to while sinks are slower than failures come. */
export class Room {
  records = 0;
  bytes = 0;
  private gate: { readonly promise: Promise<void>; readonly open: () => void } | undefined;

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
    if (this.gate === undefined || this.isFull()) return;
    this.gate.open();
    this.gate = undefined;
  }

  /** `undefined`: there is some; else a promise for when there is. */
  ready(): Promise<void> | undefined {
    if (!this.isFull()) return undefined;
    if (this.gate === undefined) {
      let open = (): void => undefined;
      const promise = new Promise<void>((resolve) => (open = resolve));
      this.gate = { promise, open };
    }
    return this.gate.promise;
  }

  private isFull(): boolean {
    return this.bytes >= this.maxBytes || this.records >= this.maxRecords;
  }
}
