import { noLane, type Delivery } from '@holdfast/core/stage';

/**
 * Counts the calls that have a record of the same lane in flight; a chain that keeps lanes never
 * has more than one.
 */
export class LaneGauge {
  /** The highest count so far, over all lanes. */
  max = 0;
  private readonly maxOf = new Map<number, number>();
  private readonly openCalls = new Map<number, number>();

  maxOfLane(lane: number): number {
    return this.maxOf.get(lane) ?? 0;
  }

  /** Returns a function to call once per settled delivery. */
  enter(batch: readonly Delivery[]): (delivery: Delivery) => void {
    const left = new Map<number, number>();
    for (const { lane } of batch) if (lane !== noLane) left.set(lane, (left.get(lane) ?? 0) + 1);
    for (const lane of left.keys()) this.opened(lane);
    return ({ lane }) => {
      const count = left.get(lane);
      if (count === undefined) return;
      left.set(lane, count - 1);
      if (count === 1) this.openCalls.set(lane, (this.openCalls.get(lane) ?? 0) - 1);
    };
  }

  private opened(lane: number): void {
    const now = (this.openCalls.get(lane) ?? 0) + 1;
    this.openCalls.set(lane, now);
    this.max = Math.max(this.max, now);
    this.maxOf.set(lane, Math.max(this.maxOfLane(lane), now));
  }
}
