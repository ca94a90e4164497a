import { Delivery, forked, laneOf, recordBytes, type SerializedRecord } from '@holdfast/core/stage';
import type { ReadRecord } from '../log/read/backlog-reader.js';
import type { SendTimes } from '../log/send-times.js';

/** What a topic has below. */
export interface TopicRecords {
  readonly topic: string;
  records: number;
  bytes: number;
  /** Of the records, those that have come up and go down again. */
  held: number;
  /** Records that have come up since there was none below. */
  cameUp: number;
}

/** For records that are read back. */
export interface ReadBackOptions {
  /** They are given up so long after that, ms. */
  readonly giveUpAfterMs: number;
  readonly sendTimes: SendTimes;
}

/** The journal's own delivery, which goes down in place of the one that came from above. */
export class Entry extends Delivery {
  isBelow = false;
  /** Where it is counted while it is below. */
  counted: TopicRecords | undefined = undefined;
  /** Given up while it waited. */
  isExpired = false;
  /** The neighbours among those that somebody waits for. */
  before: Entry | undefined = undefined;
  after: Entry | undefined = undefined;

  constructor(
    record: SerializedRecord,
    lane: number,
    createdAt: number,
    deadline: number,
    readonly sequence: number,
    /** Of the record, as `recordBytes` counts them. */
    readonly bytes: number,
    /** Who waits for its outcome; `undefined`: nobody, the journal answers for it. */
    public origin: Delivery | undefined,
    /** The disk did not take it: nothing of it is in the journal. */
    readonly bypassed: boolean,
  ) {
    super(record, lane, createdAt, deadline, forked);
  }

  /** Of a record that was read back: nobody waits for it, and it is given up so long after `at`, ms. */
  static readBack(
    { sequence, record }: ReadRecord,
    at: number,
    { giveUpAfterMs, sendTimes }: ReadBackOptions,
  ): Entry {
    const bytes = recordBytes(record);
    const entry = new Entry(
      record,
      laneOf(record),
      at,
      at + giveUpAfterMs,
      sequence,
      bytes,
      undefined,
      false,
    );
    entry.heldSince = Math.trunc(sendTimes.of(sequence) ?? at);
    return entry;
  }

  /** It can be read back: nobody waits for it, and the disk has it. */
  get isOnDisk(): boolean {
    return this.origin === undefined && !this.bypassed;
  }
}
