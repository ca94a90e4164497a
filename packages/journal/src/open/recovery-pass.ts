import type { Damage } from '../damage.js';
import type { SegmentEnd } from '../format/notes.js';
import type { ScannedSegment } from './scan.js';
import type { Segment } from '../log/segments/segment.js';
import type { SegmentFile } from '../log/segments/segment-file.js';

/** Records are missing where they should be. */
export interface Gap {
  readonly missing: Damage;
  /**
   * The segment that begins after the gap: the records should be the end of the one before it.
   * `undefined`: they should be within a segment.
   */
  readonly begins: number | undefined;
}

/** The state of one pass over all segments. */
export interface RecoveryPass {
  readonly segments: Map<number, Segment>;
  /** The same segments, in order. */
  readonly inOrder: Segment[];
  readonly ends: Map<number, SegmentEnd>;
  readonly retired: Set<number>;
  /** Numbers of the segments that were written with `fsync: 'never'`. */
  readonly unsynced: ReadonlySet<number>;
  readonly scans: ScannedSegment[];
  readonly gaps: Gap[];
  /** The sequence number after the last record, or range, that was read. */
  expected: number;
  /** The sequence number after that, and after what frames without records name. */
  nextSequence: number;
}

/**
 * Returns whether a segment is needed. The newest header, or a later note, may tell that a file
 * waits to be recycled: its records are all acknowledged.
 */
export function isNeeded(number: number, pass: RecoveryPass, files: readonly SegmentFile[]): boolean {
  const newest = files.findLast(({ header }) => header !== undefined)?.number ?? -1;
  return number >= newest || isListed(number, pass, files);
}

/**
 * Returns whether the newest header names the segment: it held records. Else a file without a whole
 * frame is a segment that was being prepared.
 */
export function isListed(number: number, pass: RecoveryPass, files: readonly SegmentFile[]): boolean {
  return newestLiving(files).includes(number) && !pass.retired.has(number);
}

export function newestLiving(files: readonly SegmentFile[]): readonly number[] {
  return files.findLast(({ header }) => header !== undefined)?.header?.living ?? [];
}
