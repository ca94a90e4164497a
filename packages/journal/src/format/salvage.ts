import { Cursor, decodeRecord, endOfRecord, recordFlags } from '@holdfast/core/internal';

/**
 * Where a record begins in the bytes of a frame's records, and which of the frame's records it is.
 */
export interface RecordPlace {
  readonly at: number;
  readonly index: number;
}

/** A larger frame has one record, or few. */
const mostBytes = 4 * 1024 * 1024;
/**
 * The cost of a stretch of unknown bytes, beside its length: halves of records, at 1 each, are more
 * likely.
 */
const stretchCost = 2 ** 20;

/** Returns whether these bytes are exactly `count` records, one after the other. */
export function areRecords(bytes: Buffer, count: number, isTopic: (id: number) => boolean): boolean {
  let at = 0;
  for (let left = count; left > 0 && at >= 0; left--) at = endOfRecord(bytes, at, bytes.length, isTopic);
  return at === bytes.length;
}

/**
 * Finds the records in bytes that are not the `count` records they should be: among them are halves
 * of records that were refused (version 0.1.0 wrote such halves), or bytes that no writer wrote. It
 * chooses the division that leaves the fewest bytes over. Records before the first unknown stretch
 * keep their numbers; those after the last one are counted from the end.
 */
export function salvage(
  bytes: Buffer,
  count: number,
  isTopic: (id: number) => boolean,
): readonly RecordPlace[] {
  const all = bytes.length > mostBytes ? leading(bytes, isTopic) : divide(bytes, isTopic);
  const found = withoutHalves(bytes, all, count);
  const missing = count - found.length;
  const isCut = (found.at(-1)?.end ?? 0) < bytes.length;
  const behindGaps = isCut ? -1 : found.findLastIndex(({ at }, i) => at !== (found[i - 1]?.end ?? 0));
  return found.map(({ at }, i) => ({ at, index: behindGaps >= 0 && i >= behindGaps ? i + missing : i }));
}

interface Run {
  readonly at: number;
  readonly end: number;
}

function leading(bytes: Buffer, isTopic: (id: number) => boolean): Run[] {
  const runs: Run[] = [];
  for (let at = 0, end = 0; ; at = end) {
    end = endOfRecord(bytes, at, bytes.length, isTopic);
    if (end < 0) return runs;
    runs.push({ at, end });
  }
}

function divide(bytes: Buffer, isTopic: (id: number) => boolean): Run[] {
  const { length } = bytes;
  /**
   * The cost of the rest from each place on: between two records, and within an unknown stretch.
   */
  const between = new Float64Array(length + 1);
  const within = new Float64Array(length + 1);
  /**
   * The best reading of what begins at each place: the end of a record or (negative) of half a
   * record; 0 is an unknown stretch.
   */
  const ends = new Int32Array(length + 1);
  for (let at = length - 1; at >= 0; at--) {
    const whole = endOfRecord(bytes, at, length, isTopic);
    let known = whole < 0 ? Infinity : (between[whole] ?? 0);
    ends[at] = Math.max(0, whole);
    for (const half of whole < 0 || known > 0 ? halvesAt(bytes, at, isTopic) : []) {
      const cost = 1 + (between[half] ?? 0);
      if (cost >= known) continue;
      known = cost;
      ends[at] = -half;
    }
    const skipped = 1 + (within[at + 1] ?? 0);
    within[at] = Math.min(known, skipped);
    between[at] = Math.min(known, stretchCost + skipped);
  }
  const runs: Run[] = [];
  for (let at = 0, begun = stretchCost; at < length; ) {
    const end = ends[at] ?? 0;
    const known = (end < 0 ? 1 : 0) + (between[Math.abs(end)] ?? 0);
    const isKnown = end !== 0 && known <= begun + 1 + (within[at + 1] ?? 0);
    if (isKnown && end > 0) runs.push({ at, end });
    at = isKnown ? Math.abs(end) : at + 1;
    begun = isKnown ? stretchCost : 0;
  }
  return runs;
}

/**
 * Returns where a record would end that broke off after the length of its key, or value, which is
 * 0.
 */
function halvesAt(bytes: Buffer, at: number, isTopic: (id: number) => boolean): number[] {
  const has = bytes[at] ?? 0;
  const { key, value, headers } = recordFlags;
  const before: number[] = [];
  if (has & key && has & (value | headers)) before.push(has & ~(key | value | headers));
  if (has & value && has & headers) before.push(has & ~(value | headers));
  return before
    .map((flags) => endOfRecord(bytes, at, bytes.length, isTopic, flags))
    .filter((end) => end >= 0 && bytes[end] === 0)
    .map((end) => end + 1);
}

/**
 * Removes surplus records: half a record that broke off at its last field reads as one whose last
 * field is empty.
 */
function withoutHalves(bytes: Buffer, runs: readonly Run[], count: number): readonly Run[] {
  let surplus = runs.length - count;
  const whole: Run[] = [];
  for (const run of runs) {
    if (surplus > 0 && mayBeHalf(bytes, run)) surplus--;
    else whole.push(run);
  }
  return whole.slice(0, count);
}

function mayBeHalf(bytes: Buffer, { at }: Run): boolean {
  const { key, value, hasHeaders } = decodeRecord(new Cursor(bytes, at), 0, () => '');
  return !hasHeaders && (value ?? key)?.length === 0;
}
