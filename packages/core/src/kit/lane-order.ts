import { noLane } from '../contract/delivery.js';

/**
 * Sends one record of each lane at a time, and none behind one that failed: a replay of stored
 * records would otherwise deliver the failed one last.
 */
export class LaneOrder {
  /** The last record of each lane that is under way, or waits for those before it. */
  private readonly latest = new Map<number, Promise<void>>();
  private readonly failed = new Set<number>();

  /** Returns whether an earlier record of the lane failed. */
  isHeld(lane: number): boolean {
    return this.failed.has(lane);
  }

  /**
   * Calls `send` when the records before it in its lane are settled, or `hold` when one of them
   * failed. `send` resolves with whether the records behind it may follow.
   */
  async run(lane: number, send: () => Promise<boolean>, hold: () => void): Promise<void> {
    if (lane === noLane) return void (await send());
    const turn = this.after(this.latest.get(lane), lane, send, hold);
    this.latest.set(lane, turn);
    try {
      await turn;
    } finally {
      if (this.latest.get(lane) === turn) this.latest.delete(lane);
    }
  }

  private async after(
    before: Promise<void> | undefined,
    lane: number,
    send: () => Promise<boolean>,
    hold: () => void,
  ): Promise<void> {
    await before;
    if (this.isHeld(lane)) hold();
    else if (!(await send())) this.failed.add(lane);
  }
}
