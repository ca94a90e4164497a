import type { WaitingStats } from '@holdfast/core/stage';
import type { Pipeline } from './pipeline.js';

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

/** Returns the figures at `now` (monotonic ms); `pipeline` is `undefined` until the journal is open. */
export function statsOf(pipeline: Pipeline | undefined, maxBytes: number, now: number): JournalStats {
  if (pipeline === undefined) return { ...notStarted, maxBytes };
  const { journal, acceptor, deliverer } = pipeline;
  const { window } = deliverer;
  const { segments, log } = journal;
  const backlogRecords = segments.live + acceptor.pending.length;
  const inFlightRecords = window.records - window.retryRecords;
  return {
    state: stateOf(pipeline),
    ...waitingOf(pipeline, backlogRecords, inFlightRecords, now),
    backlogRecords,
    inFlightRecords,
    inFlightBytes: window.bytes - window.retryBytes,
    diskBytes: segments.bytes,
    maxBytes,
    segments: segments.living.length,
    syncs: log.syncs,
    bypassedRecords: acceptor.stall.bypassed,
    pausedTopics: deliverer.pausedTopics,
    undeliverableRecords: acceptor.undeliverable,
    recoveredRecords: journal.backlog,
    recoveryMs: journal.recoveryMs,
  };
}

const nothingWaits: WaitingStats = { waitingRecords: 0, waitingBytes: 0, oldestWaitingMs: 0 };
const notStarted: Omit<JournalStats, 'maxBytes'> = {
  state: 'not started',
  ...nothingWaits,
  backlogRecords: 0,
  inFlightRecords: 0,
  inFlightBytes: 0,
  diskBytes: 0,
  segments: 0,
  syncs: 0,
  bypassedRecords: 0,
  pausedTopics: 0,
  undeliverableRecords: 0,
  recoveredRecords: 0,
  recoveryMs: 0,
};

function waitingOf(
  { journal, acceptor }: Pipeline,
  backlogRecords: number,
  inFlightRecords: number,
  now: number,
): WaitingStats {
  const { stall, waiting } = acceptor;
  const { segments, log, sendTimes } = journal;
  const held = backlogRecords + stall.openRecords;
  const sentAt = sendTimes.oldest();
  if (held === 0) return nothingWaits;
  const bytes = segments.liveBytes + log.pendingBytes + stall.openBytes;
  const waitingRecords = Math.max(0, held - inFlightRecords);
  const onDiskAt = backlogRecords > 0 ? sentAt : undefined;
  const oldestAt = Math.min(onDiskAt ?? now, waiting.first?.createdAt ?? now);
  return {
    waitingRecords,
    waitingBytes: Math.round((bytes * waitingRecords) / held),
    oldestWaitingMs: Math.max(0, now - oldestAt),
  };
}

function stateOf({ journal, deliverer, isEnded }: Pipeline): JournalState {
  if (isEnded) return 'closed';
  if (journal.log.stalledBy !== undefined) return 'stalled';
  return deliverer.isBehind ? 'behind' : 'open';
}
