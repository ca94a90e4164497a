import type { StageStats } from '@holdfast/core';
import type { Below } from './below.js';
import type { OpenJournal } from './open-journal.js';
import type { Supply } from './supply.js';

export interface StatsOf {
  readonly journal: OpenJournal | undefined;
  readonly supply: Supply | undefined;
  readonly below: Below;
  /** Records that are not durable yet. */
  readonly writing: number;
  readonly bypassed: number;
  readonly undeliverable: number;
  readonly ended: boolean;
}

/** What `producer.stats().stages.journal` says. */
export const statsOf = (stage: StatsOf): StageStats => ({
  backlogRecords: (stage.journal?.segments.live ?? 0) + stage.writing,
  inFlightRecords: stage.below.records,
  inFlightBytes: stage.below.bytes,
  diskBytes: stage.journal?.segments.bytes ?? 0,
  segments: stage.journal?.segments.living.length ?? 0,
  syncs: stage.journal?.log.syncs ?? 0,
  bypassedRecords: stage.bypassed,
  pausedTopics: stage.supply?.pausedTopics ?? 0,
  undeliverableRecords: stage.undeliverable,
  state: stateOf(stage),
});

function stateOf({ journal, supply, ended }: StatsOf): string {
  if (journal === undefined) return 'not started';
  if (ended) return 'closed';
  if (journal.log.stalledBy !== undefined) return 'stalled';
  return supply?.isBehind ? 'behind' : 'open';
}
