import type { KnownStages, ProducerStats } from '@holdfast/core';
import { numberIn, sayState, seconds, valueIn, type Say } from './observe.js';

const states: readonly KnownStages['journal']['state'][] = [
  'not started',
  'open',
  'behind',
  'stalled',
  'closed',
];

export function observeJournal({ stages: { journal } }: ProducerStats, say: Say): void {
  if (journal === undefined) return;
  say('holdfast.journal.size', numberIn(journal, 'diskBytes'));
  sayState(say, 'holdfast.journal.state', states, valueIn(journal, 'state'));
  say('holdfast.journal.recovery.duration', seconds(numberIn(journal, 'recoveryMs')));
  say('holdfast.journal.recovered.records', numberIn(journal, 'recoveredRecords'));
  say('holdfast.journal.bypassed.records', numberIn(journal, 'bypassedRecords'));
  say('holdfast.journal.paused.topics', numberIn(journal, 'pausedTopics'));
  say('holdfast.journal.undeliverable.records', numberIn(journal, 'undeliverableRecords'));
}
