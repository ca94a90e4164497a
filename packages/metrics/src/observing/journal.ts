import type { KnownStages, ProducerStats } from '@holdfast/core';
import { numberIn, valueIn } from '../stats/fields.js';
import { observeState, seconds, type Observe } from './observe.js';

const states: readonly KnownStages['journal']['state'][] = [
  'not started',
  'open',
  'behind',
  'stalled',
  'closed',
];

export function observeJournal({ stages: { journal } }: ProducerStats, observe: Observe): void {
  if (journal === undefined) return;
  observe('holdfast.journal.size', numberIn(journal, 'diskBytes'));
  observeState(observe, 'holdfast.journal.state', states, valueIn(journal, 'state'));
  observe('holdfast.journal.recovery.duration', seconds(numberIn(journal, 'recoveryMs')));
  observe('holdfast.journal.recovered.records', numberIn(journal, 'recoveredRecords'));
  observe('holdfast.journal.bypassed.records', numberIn(journal, 'bypassedRecords'));
  observe('holdfast.journal.paused.topics', numberIn(journal, 'pausedTopics'));
  observe('holdfast.journal.undeliverable.records', numberIn(journal, 'undeliverableRecords'));
}
