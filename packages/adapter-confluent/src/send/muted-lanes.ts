import type { Outcome } from '@holdfast/core';
import { noLane } from '@holdfast/core/stage';
import type { InFlightRecord } from './in-flight-batch.js';

interface Lane {
  inFlight: InFlightRecord;
  readonly waiting: InFlightRecord[];
}

/**
 * Mutes a lane while one of its records is in flight, for a client without idempotence: it cuts a
 * partition's records into requests as it likes, and goes on with the next request when one fails.
 */
export class MutedLanes {
  private readonly lanes = new Map<number, Lane>();

  /** Returns true when the record may go, which mutes its lane. False: it waits for its turn. */
  enter(record: InFlightRecord): boolean {
    const { lane } = record.delivery;
    if (lane === noLane) return true;
    const found = this.lanes.get(lane);
    if (found === undefined) this.lanes.set(lane, { inFlight: record, waiting: [] });
    else found.waiting.push(record);
    return found === undefined;
  }

  /**
   * Returns the records that wait behind this one and came in its batch. They must not overtake one
   * that will be retried.
   */
  followers(record: InFlightRecord): InFlightRecord[] {
    const found = this.laneOf(record);
    return found?.waiting.filter((one) => !one.isDone && one.batch === record.batch) ?? [];
  }

  /** A record that went has its outcome. Returns the next one of its lane, whose turn has come. */
  leave(record: InFlightRecord): InFlightRecord | undefined {
    const found = this.laneOf(record);
    if (found === undefined) return undefined;
    const next = found.waiting.find(({ isDone }) => !isDone);
    if (next === undefined) {
      this.lanes.delete(record.delivery.lane);
      return undefined;
    }
    found.waiting.splice(0, found.waiting.indexOf(next) + 1);
    return (found.inFlight = next);
  }

  private laneOf(record: InFlightRecord): Lane | undefined {
    const found = this.lanes.get(record.delivery.lane);
    return found?.inFlight === record ? found : undefined;
  }
}

export function willBeRetried(
  outcome: Outcome,
): outcome is Extract<Outcome, { status: 'failed' | 'unknown' }> {
  return outcome.status === 'unknown' || (outcome.status === 'failed' && outcome.error.retriable);
}
