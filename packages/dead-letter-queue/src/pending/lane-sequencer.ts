import { noLane } from '@holdfast/core/stage';
import type { Letter } from '../letter/pending-letter.js';

interface Lane {
  /** Letters on their way to a sink. */
  under: number;
  /** Later ones, in order. */
  waiting: Letter[];
}

/**
 * Keeps dead letters of a lane in order through all sinks: those that come while earlier ones are on their way wait for them, and then
 * go together.
 */
export class Lanes {
  private readonly lanes = new Map<number, Lane>();

  /** Those of the letters that may go now. */
  enter(letters: readonly Letter[]): Letter[] {
    const entered = new Set<Lane>();
    return letters.filter((letter) => {
      const { lane: id } = letter.delivery;
      if (id === noLane) return true;
      let lane = this.lanes.get(id);
      if (lane === undefined) {
        this.lanes.set(id, (lane = { under: 0, waiting: [] }));
        entered.add(lane);
      }
      if (entered.has(lane)) lane.under++;
      else lane.waiting.push(letter);
      return entered.has(lane);
    });
  }

  /** These have come to their end; answers with those that may go now. */
  leave(letters: readonly Letter[]): Letter[] {
    const released: Letter[] = [];
    for (const { delivery } of letters) {
      const lane = this.lanes.get(delivery.lane);
      if (lane === undefined || --lane.under > 0) continue;
      if (lane.waiting.length === 0) {
        this.lanes.delete(delivery.lane);
        continue;
      }
      for (const letter of lane.waiting) released.push(letter);
      lane.under = lane.waiting.length;
      lane.waiting = [];
    }
    return released;
  }

  /** Nothing is kept in order any more. */
  clear(): void {
    this.lanes.clear();
  }
}
