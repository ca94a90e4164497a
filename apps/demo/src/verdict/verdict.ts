import type { ReadRecord } from '../reader/read-record.js';
import type { Catalogue } from '../records.js';
import { acknowledged, onceUnknown, rejected, unheard, type Ledger } from './ledger.js';

/** What became of the records of one chain in one act. */
export interface Verdict {
  /** Records passed to `send`. */
  readonly sent: number;
  /** Of these: `send` resolved. */
  readonly acknowledged: number;
  /** Of those sent: in the topic, at least once. sent = inTopic + lost. */
  readonly inTopic: number;
  /** Of those sent: not in the topic after everything has ended. */
  readonly lost: number;
  /** Of those sent: `send` rejected; some of these may be in the topic nevertheless. */
  readonly rejected: number;
  /** Further copies of records in the topic. */
  readonly duplicated: number;
  /** First copies behind a record with the same key that was sent later. */
  readonly outOfOrder: number;
  /** Of those lost: `send` had resolved. The worst kind. */
  readonly acknowledgedButLost: number;
  /** Of those rejected: in the topic nevertheless. */
  readonly rejectedButInTopic: number;
  /** `send` neither resolved nor rejected, although a caller waited for it. */
  readonly unanswered: number;
  /** Records in the topic that nobody sent, byte for byte. */
  readonly foreign: number;
  /** Of those sent: at least one attempt ended as `unknown`. Noted for Holdfast alone. */
  readonly onceUnknown: number;
  /** Further copies of records that never were `unknown`. Meaningful for Holdfast alone. */
  readonly unexplainedDuplicates: number;
  /**
   * The places of the first few records that are out of order, unexplained or foreign, in words.
   */
  readonly evidence: readonly string[];
}

const evidenceLimit = 5;

/** Compares what was sent with what was read, per partition in the order of the offsets. */
export function judge(
  { flags }: Pick<Ledger, 'flags'>,
  log: readonly ReadRecord[],
  catalogue: Catalogue,
): Verdict {
  /** By number: the offset of the first copy; -1 for none. */
  const found = new Float64Array(flags.length).fill(-1);
  const order = new LaneOrder();
  let foreign = 0;
  let duplicated = 0;
  let unexplainedDuplicates = 0;
  const evidence: string[] = [];
  const note = (what: string): void => void (evidence.length < evidenceLimit && evidence.push(what));
  for (const record of log) {
    const { key } = record;
    const n = catalogue.numberOf(record);
    const flag = n === undefined ? undefined : flags[n];
    if (n === undefined || flag === undefined) {
      foreign++;
      note(`${placeOf(record)} holds what was never sent`);
    } else if (found[n] !== -1) {
      duplicated++;
      if ((flag & onceUnknown) !== 0) continue;
      unexplainedDuplicates++;
      note(`${placeOf(record)} holds record ${n} (${key}) again, first at offset ${found[n]}`);
    } else {
      found[n] = record.offset;
      const before = order.see(n, catalogue.laneOf(n), record);
      if (before !== undefined) note(`${placeOf(record)} holds record ${n} (${key}) behind ${before}`);
    }
  }
  return {
    ...count(flags, found),
    duplicated,
    outOfOrder: order.broken,
    foreign,
    unexplainedDuplicates,
    evidence,
  };
}

/**
 * Follows the first copies of each lane. A lane that changes its partition has no order, which
 * counts as broken too.
 */
class LaneOrder {
  broken = 0;
  /** By lane: the latest record of the stream so far, and its place. */
  private readonly last = new Map<number, { readonly n: number; readonly place: ReadRecord }>();

  /** Returns the later record that precedes this one, in words. */
  see(n: number, lane: number, place: ReadRecord): string | undefined {
    const last = this.last.get(lane);
    if (last !== undefined && (n < last.n || place.partition !== last.place.partition)) {
      this.broken++;
      return `record ${last.n} in ${placeOf(last.place)}`;
    }
    this.last.set(lane, { n, place });
    return undefined;
  }
}

const placeOf = ({ topic, partition, offset }: ReadRecord): string => `${topic}[${partition}]@${offset}`;

function count(flags: Uint8Array, found: Float64Array) {
  const counts = {
    sent: flags.length,
    acknowledged: 0,
    inTopic: 0,
    lost: 0,
    rejected: 0,
    acknowledgedButLost: 0,
    rejectedButInTopic: 0,
    unanswered: 0,
    onceUnknown: 0,
  };
  for (const [n, flag] of flags.entries()) {
    const there = found[n] !== -1;
    if (there) counts.inTopic++;
    else counts.lost++;
    if ((flag & onceUnknown) !== 0) counts.onceUnknown++;
    if ((flag & acknowledged) !== 0) {
      counts.acknowledged++;
      if (!there) counts.acknowledgedButLost++;
    } else if ((flag & rejected) !== 0) {
      counts.rejected++;
      if (there) counts.rejectedButInTopic++;
    } else if ((flag & unheard) === 0) counts.unanswered++;
  }
  return counts;
}
