import type { WaitingStats } from '@holdfast/core/stage';
import type { Below } from './deliver/in-flight-window.js';
import type { OpenEntries } from './accept/open-entries.js';
import type { OpenJournal } from './open/open-journal.js';
import type { Stall } from './accept/stall-monitor.js';
import type { Supply } from './deliver/scheduler.js';

declare module '@holdfast/core' {
  interface KnownStages {
    journal: JournalStats;
  }
}

/** `stalled`: the disk takes no records. `behind`: not all of the backlog is in memory. */
export type JournalState = 'not started' | 'open' | 'behind' | 'stalled' | 'closed';

/**
 * `producer.stats().stages.journal`. What waits is in the journal and not below: to be written, on disk, in memory, or to go down
 * again; with what goes past the journal (`whenFull: 'bypass'`).
 */
export interface JournalStats extends WaitingStats {
  readonly state: JournalState;
  /** Not in Kafka yet, as far as the journal knows, below or not; without what goes past it. A start now would send these again. */
  readonly backlogRecords: number;
  /** As many times the mean of what those that are not in Kafka yet take on disk, notes and frames included. */
  readonly waitingBytes: number;
  /**
   * Since the `send` of the oldest record that is not in Kafka yet, below or not; 0 when there is none. Up to a 500th of it too
   * long. Of those that an earlier start left it is told by the records' timestamps. Where these are the user's own and cannot be
   * the time of `send`, it is told by when their segment was made.
   */
  readonly oldestWaitingMs: number;
  /** Handed down, and not come back. */
  readonly inFlightRecords: number;
  readonly inFlightBytes: number;
  readonly diskBytes: number;
  /** What `diskBytes` may come to: the option. */
  readonly maxBytes: number;
  readonly segments: number;
  /** Topics whose records wait on disk while others go on. */
  readonly pausedTopics: number;
  /** Since the start. */
  readonly syncs: number;
  /** Since the start: went to Kafka without the journal. */
  readonly bypassedRecords: number;
  /** Since the start: accepted records that ended undelivered. */
  readonly undeliverableRecords: number;
  /** Left by earlier starts, and how long it took to find them. */
  readonly recoveredRecords: number;
  readonly recoveryMs: number;
}

export interface StatsOf {
  readonly journal: OpenJournal | undefined;
  readonly supply: Supply | undefined;
  readonly below: Below;
  readonly open: OpenEntries;
  readonly stall: Stall;
  /** Records that are not durable yet. */
  readonly writing: number;
  readonly undeliverable: number;
  readonly ended: boolean;
  /** Monotonic ms. */
  readonly now: number;
  readonly maxBytes: number;
}

export function statsOf(stage: StatsOf): JournalStats {
  const { journal, supply, below, stall } = stage;
  const backlogRecords = (journal?.segments.live ?? 0) + stage.writing;
  const inFlightRecords = below.records - below.heldRecords;
  return {
    state: stateOf(stage),
    ...waitingOf(stage, backlogRecords, inFlightRecords),
    backlogRecords,
    inFlightRecords,
    inFlightBytes: below.bytes - below.heldBytes,
    diskBytes: journal?.segments.bytes ?? 0,
    maxBytes: stage.maxBytes,
    segments: journal?.segments.living.length ?? 0,
    syncs: journal?.log.syncs ?? 0,
    bypassedRecords: stall.bypassed,
    pausedTopics: supply?.pausedTopics ?? 0,
    undeliverableRecords: stage.undeliverable,
    recoveredRecords: journal?.backlog ?? 0,
    recoveryMs: journal?.recoveryMs ?? 0,
  };
}

function waitingOf(
  { journal, stall, open, now }: StatsOf,
  backlogRecords: number,
  inFlightRecords: number,
): WaitingStats {
  const held = backlogRecords + stall.bypassedHeld;
  const sentAt = journal?.sendTimes.oldest();
  if (journal === undefined || held === 0) return { waitingRecords: 0, waitingBytes: 0, oldestWaitingMs: 0 };
  const { segments, log } = journal;
  const bytes = segments.liveBytes + log.pendingBytes + stall.bypassedHeldBytes;
  const waitingRecords = Math.max(0, held - inFlightRecords);
  const onDiskAt = backlogRecords > 0 ? sentAt : undefined;
  const oldestAt = Math.min(onDiskAt ?? now, open.oldestAt ?? now);
  return {
    waitingRecords,
    waitingBytes: Math.round((bytes * waitingRecords) / held),
    oldestWaitingMs: Math.max(0, now - oldestAt),
  };
}

function stateOf({ journal, supply, ended }: StatsOf): JournalState {
  if (journal === undefined) return 'not started';
  if (ended) return 'closed';
  if (journal.log.stalledBy !== undefined) return 'stalled';
  return supply?.isBehind ? 'behind' : 'open';
}
