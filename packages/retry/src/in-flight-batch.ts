import { noLane, type Delivery, type Settle } from '@holdfast/core/stage';

/**
 * One batch that retry has sent. A failed record is tried again only when every record of its lane
 * in this batch is settled, and then together with the others of its lane, in their order: a later
 * one that failed first must not overtake.
 */
export class InFlightBatch {
  /** The number of unsettled records of each lane; made at the first failure. */
  private unsettledByLane: Map<number, number> | undefined;
  /** What was settled before the first failure, where that was only a part. */
  private settledBefore: Delivery[][] | undefined;
  /** Records that wait for their next attempt; never empty. */
  private waiting: Set<Delivery> | undefined;
  private unsettled: number;

  constructor(
    /** In the order in which they were sent; failures are sorted by this copy. */
    private sent: readonly Delivery[],
    readonly settle: Settle,
    /** The delay before this attempt, for decorrelated jitter. */
    readonly previousDelayMs: number,
    /** Whether the budget was charged for it. */
    readonly isPaid = false,
  ) {
    this.unsettled = sent.length;
  }

  /** Notes a settlement without failures. */
  succeed(settled: readonly Delivery[]): void {
    this.unsettled -= settled.length;
    if (this.unsettledByLane !== undefined) this.subtract(this.unsettledByLane, settled);
    else if (this.unsettled > 0) (this.settledBefore ??= []).push(settled.slice());
  }

  /** Notes a settlement with failures, and which of its records are to be tried again. */
  fail(settled: readonly Delivery[], toRetry: readonly Delivery[]): void {
    this.unsettled -= settled.length;
    for (const delivery of toRetry) (this.waiting ??= new Set()).add(delivery);
    if (this.unsettled === 0) return;
    this.unsettledByLane ??= this.countUnsettled();
    this.subtract(this.unsettledByLane, settled);
  }

  /** Whether records wait for an unsettled one of their lane. */
  get isHolding(): boolean {
    return this.waiting !== undefined;
  }

  /** The records that wait, in no particular order. */
  held(): Iterable<Delivery> {
    return this.waiting ?? [];
  }

  /**
   * Removes and returns the records that wait and whose deadline is at most `until`, in order: they
   * will not be tried again.
   */
  takeHeld(until: number): Delivery[] {
    const { waiting: held } = this;
    if (held === undefined) return [];
    const taken = this.sent.filter((one) => held.has(one) && one.deadline <= until);
    for (const one of taken) held.delete(one);
    if (held.size === 0) this.waiting = undefined;
    return taken;
  }

  /** Removes and returns the records that may be tried again now, in order. */
  takeReleased(): Delivery[] {
    const released = this.released();
    // The chain may keep a batch alive for a while after its last record: settled records must not
    // live on with it.
    if (this.unsettled === 0) this.sent = [];
    return released;
  }

  private released(): Delivery[] {
    const { unsettledByLane: open, waiting: held } = this;
    if (held === undefined) return [];
    const all = this.unsettled === 0 || open === undefined;
    const free = this.sent.filter(
      (one) => held.has(one) && (all || one.lane === noLane || (open.get(one.lane) ?? 0) === 0),
    );
    if (free.length === held.size) this.waiting = undefined;
    else for (const one of free) held.delete(one);
    return free;
  }

  // Outcomes do not tell: a stage below may have set that of a delivery long before it settles it.
  private countUnsettled(): Map<number, number> {
    const unsettled = new Map<number, number>();
    for (const { lane } of this.sent) unsettled.set(lane, (unsettled.get(lane) ?? 0) + 1);
    for (const settled of this.settledBefore ?? []) this.subtract(unsettled, settled);
    this.settledBefore = undefined;
    return unsettled;
  }

  private subtract(unsettled: Map<number, number>, settled: readonly Delivery[]): void {
    for (const { lane } of settled) unsettled.set(lane, (unsettled.get(lane) ?? 1) - 1);
  }
}
