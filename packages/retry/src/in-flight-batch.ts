import { noLane, type Delivery, type Settle } from '@holdfast/core/stage';

/**
 * One batch below retry. A failed record is tried again only when every record of its lane in this batch has come back, and
 * then together with the others of its lane, in their order: a later one that failed first must not overtake.
 */
export class Flight {
  /** Of each lane, the records still below; made at the first failure. */
  private open: Map<number, number> | undefined;
  /** What came back before the first failure, where that was a part. */
  private back: Delivery[][] | undefined;
  /** Those that wait for their next try; never empty. */
  private held: Set<Delivery> | undefined;
  private left: number;

  constructor(
    /** In the order they were handed down; this copy is what a failure is sorted by. */
    private sent: readonly Delivery[],
    readonly settle: Settle,
    /** The delay before this attempt, for decorrelated jitter. */
    readonly previousDelayMs: number,
    /** The budget was charged for it. */
    readonly isPaid = false,
  ) {
    this.left = sent.length;
  }

  /** Nothing failed in this settlement. */
  succeeded(settled: readonly Delivery[]): void {
    this.left -= settled.length;
    if (this.open !== undefined) this.close(this.open, settled);
    else if (this.left > 0) (this.back ??= []).push(settled.slice());
  }

  /** Notes what came back and what of it waits for another try. */
  failed(settled: readonly Delivery[], again: readonly Delivery[]): void {
    this.left -= settled.length;
    for (const delivery of again) (this.held ??= new Set()).add(delivery);
    if (this.left === 0) return;
    this.open ??= this.countOpen();
    this.close(this.open, settled);
  }

  /** Some wait for an earlier one of their lane that is still below. */
  get isHolding(): boolean {
    return this.held !== undefined;
  }

  /** Those that wait, in no order that means anything. */
  waiting(): Iterable<Delivery> {
    return this.held ?? [];
  }

  /** Those that wait, in order: nothing will be tried again. */
  takeHeld(): Delivery[] {
    const { held } = this;
    this.held = undefined;
    return held === undefined ? [] : this.sent.filter((one) => held.has(one));
  }

  /** What may be tried again now, in order. */
  released(): Delivery[] {
    const released = this.takeReleased();
    // The chain may hold a flight for a while after its last record: what is done must not live on with it.
    if (this.left === 0) this.sent = [];
    return released;
  }

  private takeReleased(): Delivery[] {
    const { open, held } = this;
    if (held === undefined) return [];
    const all = this.left === 0 || open === undefined;
    const free = this.sent.filter(
      (one) => held.has(one) && (all || one.lane === noLane || (open.get(one.lane) ?? 0) === 0),
    );
    if (free.length === held.size) this.held = undefined;
    else for (const one of free) held.delete(one);
    return free;
  }

  // By what was settled: whoever holds a delivery below may have set its outcome long before.
  private countOpen(): Map<number, number> {
    const open = new Map<number, number>();
    for (const { lane } of this.sent) open.set(lane, (open.get(lane) ?? 0) + 1);
    for (const settled of this.back ?? []) this.close(open, settled);
    this.back = undefined;
    return open;
  }

  private close(open: Map<number, number>, settled: readonly Delivery[]): void {
    for (const { lane } of settled) open.set(lane, (open.get(lane) ?? 1) - 1);
  }
}
