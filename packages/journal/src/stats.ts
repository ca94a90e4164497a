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
 * `producer.stats().stages.journal`. Waiting records are in the journal and not in flight: still to
 * be written, on disk, in memory, or to be retried. Records that bypass the journal (`whenFull:
 * 'bypass'`) are included.
 */
export interface JournalStats extends WaitingStats {
  readonly state: JournalState;
  /**
   * Records that are not in Kafka yet, as far as the journal knows, in flight or not; without those
   * that bypass it. A start now would send these again.
   */
  readonly backlogRecords: number;
  /**
   * `waitingRecords` times the mean size on disk of the records that are not in Kafka yet, notes
   * and frames included.
   */
  readonly waitingBytes: number;
  /**
   * Time since the `send` of the oldest record that is not in Kafka yet, in flight or not; 0 when
   * there is none. At most a 500th too long. For records of an earlier start it is derived from
   * their timestamps; where these are the user's own and cannot be the time of `send`, from the
   * creation of their segment.
   */
  readonly oldestWaitingMs: number;
  /** Handed down and not settled. */
  readonly inFlightRecords: number;
  readonly inFlightBytes: number;
  readonly diskBytes: number;
  /** The limit of `diskBytes`: the option. */
  readonly maxBytes: number;
  readonly segments: number;
  /** Topics whose records wait on disk while others go on. */
  readonly pausedTopics: number;
  /** Since the start. */
  readonly syncs: number;
  /** Since the start: records that went to Kafka without the journal. */
  readonly bypassedRecords: number;
  /** Since the start: accepted records that were not delivered. */
  readonly undeliverableRecords: number;
  /** Records left by earlier starts, and how long it took to find them. */
  readonly recoveredRecords: number;
  readonly recoveryMs: number;
}

/**
 * Returns the figures at `now` (monotonic ms); `pipeline` is `undefined` until the journal is open.
 */
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
    undeliverableRecords: acceptor.callers.undeliverable,
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
  const { stall, callers } = acceptor;
  const { segments, log, sendTimes } = journal;
  const held = backlogRecords + stall.openRecords;
  const sentAt = sendTimes.oldest();
  if (held === 0) return nothingWaits;
  const bytes = segments.liveBytes + log.pendingBytes + stall.openBytes;
  const waitingRecords = Math.max(0, held - inFlightRecords);
  const onDiskAt = backlogRecords > 0 ? sentAt : undefined;
  const oldestAt = Math.min(onDiskAt ?? now, callers.oldestAt ?? now);
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
