import { describe, placeOf } from './identity.js';
import type { Entry, FoundRecord, Violation } from './history-types.js';

interface LaneState {
  readonly last: Entry;
  readonly at: FoundRecord;
}

/**
 * I3: within a lane, and so within one partition, first occurrences stand in the order they were sent. `isSpread`: lanes lie
 * over several partitions on purpose, and keep their order in each.
 */
export function checkOrder(firsts: Iterable<readonly [Entry, FoundRecord]>, isSpread = false): Violation[] {
  const lanes = new Map<string, LaneState>();
  const violations: Violation[] = [];
  for (const [entry, found] of firsts) {
    if (entry.lane === undefined || entry.unordered) continue;
    const lane = isSpread ? `${entry.lane}\n${found.topic}\n${found.partition}` : entry.lane;
    const before = lanes.get(lane);
    if (before !== undefined && before.at.partition !== found.partition) {
      violations.push({
        invariant: 'I3',
        id: entry.id,
        message: `${describe(entry)} is in ${placeOf(found)}, and ${describe(before.last)} of the same lane in ${placeOf(before.at)}: no order holds across partitions`,
      });
    } else if (before !== undefined && before.last.number > entry.number) {
      violations.push({
        invariant: 'I3',
        id: entry.id,
        message: `${describe(entry)} is in ${placeOf(found)}, behind ${describe(before.last)} (${placeOf(before.at)}) of the same lane, which was sent later`,
      });
      continue;
    }
    lanes.set(lane, { last: entry, at: found });
  }
  return violations;
}
