import type { ListNode } from '@holdfast/core/internal';
import { Delivery, forked, laneOf, recordBytes, type SerializedRecord } from '@holdfast/core/stage';
import type { ReadRecord } from '../log/read/backlog-reader.js';
import type { SendTimes } from '../log/send-times.js';

/** The records of one topic that are in flight, or wait to be retried. */
export interface TopicInFlight {
  readonly topic: string;
  records: number;
  bytes: number;
  /** How many of `records` wait to be retried. */
  retrying: number;
  /** Records that were settled since the topic last had none in flight. */
  settled: number;
}

/** How entries are made of records that are read back from disk. */
export interface ReadBackOptions {
  /** Ms after the read at which such a record is given up. */
  readonly giveUpAfterMs: number;
  readonly sendTimes: SendTimes;
}

/** The journal's own delivery, which goes down in place of the caller's. */
export class Entry extends Delivery implements ListNode<Entry> {
  isInFlight = false;
  /** The counters that include it while it is in flight. */
  topicInFlight: TopicInFlight | undefined = undefined;
  /** Its deadline passed while it waited, and the caller has been notified. */
  isExpired = false;
  /** Neighbors in the list of entries whose caller waits. */
  previous: Entry | undefined = undefined;
  next: Entry | undefined = undefined;

  constructor(
    record: SerializedRecord,
    lane: number,
    createdAt: number,
    deadline: number,
    readonly sequence: number,
    /** Size of the record as `recordBytes` counts it. */
    readonly bytes: number,
    /**
     * The caller's delivery; `undefined` once the journal has accepted the record and no caller
     * waits.
     */
    public origin: Delivery | undefined,
    /** The disk did not take the record: nothing of it is in the journal. */
    readonly bypassed: boolean,
  ) {
    super(record, lane, createdAt, deadline, forked);
  }

  /**
   * Makes the entry of a record that was read back at `at` (monotonic ms). No caller waits for it.
   */
  static readBack(
    { sequence, record }: ReadRecord,
    at: number,
    { giveUpAfterMs, sendTimes }: ReadBackOptions,
  ): Entry {
    const bytes = recordBytes(record);
    const lane = laneOf(record);
    const entry = new Entry(record, lane, at, at + giveUpAfterMs, sequence, bytes, undefined, false);
    entry.heldSince = Math.trunc(sendTimes.of(sequence) ?? at);
    return entry;
  }

  /** Whether it can be forgotten here and read back later: no caller waits, and the disk has it. */
  get isOnDisk(): boolean {
    return this.origin === undefined && !this.bypassed;
  }
}
