import type { ProducerStats } from '@holdfast/core';
import { numberIn, seconds, type Say } from './observe.js';

/** What stands where, by stage. Any stage whose stats are `WaitingStats` has its series, a third party's as ours. */
export function observeStages({ attempts, stages, ...edge }: ProducerStats, say: Say): void {
  const room = { 'holdfast.stage': 'room' };
  say('holdfast.stage.records', edge.waitingForRoom, room);
  say('holdfast.stage.oldest.age', seconds(edge.longestWaitForRoomMs), room);
  const wire = { 'holdfast.stage': 'wire' };
  say('holdfast.stage.records', attempts.inFlightRecords, wire);
  say('holdfast.stage.oldest.age', seconds(attempts.oldestInFlightMs), wire);
  for (const [name, stage] of Object.entries(stages)) {
    const attributes = { 'holdfast.stage': name };
    say('holdfast.stage.records', numberIn(stage, 'waitingRecords'), attributes);
    say('holdfast.stage.size', numberIn(stage, 'waitingBytes'), attributes);
    const none = numberIn(stage, 'waitingRecords') === 0;
    const oldestMs = none ? 0 : numberIn(stage, 'oldestWaitingMs');
    say('holdfast.stage.oldest.age', seconds(oldestMs), attributes);
    say('holdfast.stage.limit', numberIn(stage, 'maxBytes'), attributes);
  }
}
