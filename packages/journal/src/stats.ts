import type { Below } from './below.js';
import type { OpenJournal } from './open-journal.js';
import type { Supply } from './supply.js';

declare module '@holdfast/core' {
  interface KnownStages {
    journal: JournalStats;
  }
}

/** `stalled`: the disk takes no records. `behind`: not all of the backlog is in memory. */
export type JournalState = 'not started' | 'open' | 'behind' | 'stalled' | 'closed';

/** `producer.stats().stages.journal`. */
export interface JournalStats {
  readonly state: JournalState;
  /** Not in Kafka yet, as far as the journal knows. */
  readonly backlogRecords: number;
  /** Of those: handed down, and not come back. */
  readonly inFlightRecords: number;
  readonly inFlightBytes: number;
  readonly diskBytes: number;
  readonly segments: number;
  /** Topics whose records wait on disk while others go on. */
  readonly pausedTopics: number;
  /** Since the start. */
  readonly syncs: number;
  /** Since the start: went to Kafka without the journal. */
  readonly bypassedRecords: number;
  /** Since the start: accepted records that ended undelivered. */
  readonly undeliverableRecords: number;
}

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

export const statsOf = (stage: StatsOf): JournalStats => ({
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

function stateOf({ journal, supply, ended }: StatsOf): JournalState {
  if (journal === undefined) return 'not started';
  if (ended) return 'closed';
  if (journal.log.stalledBy !== undefined) return 'stalled';
  return supply?.isBehind ? 'behind' : 'open';
}
