import type { ProducerStats } from '@holdfast/core';
import { numberIn } from '../stats/fields.js';
import { seconds, type Observe } from './observe.js';

/**
 * Observes the records in each stage. Any stage with `WaitingStats`, of ours or of a third party,
 * has series.
 */
export function observeStages({ attempts, stages, ...producer }: ProducerStats, observe: Observe): void {
  const room = { 'holdfast.stage': 'room' };
  observe('holdfast.stage.records', producer.waitingForRoom, room);
  observe('holdfast.stage.oldest.age', seconds(producer.longestWaitForRoomMs), room);
  const wire = { 'holdfast.stage': 'wire' };
  observe('holdfast.stage.records', attempts.inFlightRecords, wire);
  observe('holdfast.stage.oldest.age', seconds(attempts.oldestInFlightMs), wire);
  for (const [name, stage] of Object.entries(stages)) {
    const attributes = { 'holdfast.stage': name };
    observe('holdfast.stage.records', numberIn(stage, 'waitingRecords'), attributes);
    observe('holdfast.stage.size', numberIn(stage, 'waitingBytes'), attributes);
    const isEmpty = numberIn(stage, 'waitingRecords') === 0;
    const oldestMs = isEmpty ? 0 : numberIn(stage, 'oldestWaitingMs');
    observe('holdfast.stage.oldest.age', seconds(oldestMs), attributes);
    observe('holdfast.stage.limit', numberIn(stage, 'maxBytes'), attributes);
  }
}
