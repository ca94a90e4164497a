import { Delivery, forked, type SerializedRecord } from '@holdfast/core';

/** Where an entry is: on its way to the disk, waiting to go down, below, or given up while it waited. */
export type EntryPlace = 'writing' | 'waiting' | 'below' | 'expired';

/** The journal's own delivery, which goes down in place of the one that came from above. */
export class Entry extends Delivery {
  place: EntryPlace;
  /** The disk did not take it: nothing of it is in the journal. */
  bypassed = false;
  /** The neighbours among those that somebody waits for. */
  before: Entry | undefined = undefined;
  after: Entry | undefined = undefined;

  constructor(
    record: SerializedRecord,
    lane: number,
    createdAt: number,
    deadline: number,
    readonly sequence: number,
    readonly bytes: number,
    /** Who waits for its outcome; `undefined`: nobody, the journal answers for it. */
    public origin: Delivery | undefined,
  ) {
    super(record, lane, createdAt, deadline, forked);
    this.place = origin === undefined ? 'waiting' : 'writing';
  }
}
