import { noLane } from '@holdfast/core/stage';
import type { PendingLetter } from '../letter/pending-letter.js';

interface Lane {
  /** Letters of this lane that are on their way to a sink. */
  inFlight: number;
  /** Later letters, in order. */
  waiting: PendingLetter[];
}

/**
 * Keeps the letters of a lane in order through all sinks. Letters that arrive while earlier ones of
 * their lane are in flight wait, and then go together.
 */
export class LaneSequencer {
  private readonly lanes = new Map<number, Lane>();

  /** Returns the letters that may go now. The others wait for {@link settled}. */
  admit(letters: readonly PendingLetter[]): PendingLetter[] {
    const opened = new Set<Lane>();
    return letters.filter((letter) => {
      const { lane: id } = letter.delivery;
      if (id === noLane) return true;
      let lane = this.lanes.get(id);
      if (lane === undefined) {
        this.lanes.set(id, (lane = { inFlight: 0, waiting: [] }));
        opened.add(lane);
      }
      if (opened.has(lane)) lane.inFlight++;
      else lane.waiting.push(letter);
      return opened.has(lane);
    });
  }

  /** Notes that the letters are settled. Returns those that waited for them and may go now. */
  settled(letters: readonly PendingLetter[]): PendingLetter[] {
    const released: PendingLetter[] = [];
    for (const { delivery } of letters) {
      const lane = this.lanes.get(delivery.lane);
      if (lane === undefined || --lane.inFlight > 0) continue;
      if (lane.waiting.length === 0) {
        this.lanes.delete(delivery.lane);
        continue;
      }
      for (const letter of lane.waiting) released.push(letter);
      lane.inFlight = lane.waiting.length;
      lane.waiting = [];
    }
    return released;
  }

  /** Forgets all lanes, so that no later letter waits. */
  clear(): void {
    this.lanes.clear();
  }
}
