import type { Damage } from '../damage.js';
import type { SegmentEnd } from '../format/notes.js';
import type { Scanned } from './scan.js';
import type { Segment } from '../log/segments/segment.js';
import type { SegmentFile } from '../log/segments/segment-file.js';

/** Records are missing where they should stand. */
export interface Gap {
  readonly missing: Damage;
  /** They should be the end of the segment before this one; `undefined`: they should stand within one. */
  readonly begins: number | undefined;
}

/** The state of one pass over all segments. */
export interface Pass {
  readonly segments: Map<number, Segment>;
  /** The same. */
  readonly inOrder: Segment[];
  readonly ends: Map<number, SegmentEnd>;
  readonly retired: Set<number>;
  /** Numbers of those that were written with `fsync: 'never'`. */
  readonly unsynced: ReadonlySet<number>;
  readonly scans: Scanned[];
  readonly gaps: Gap[];
  /** Behind the last record, or range, that was read. */
  expected: number;
  /** Behind that, and behind what frames without records name. */
  nextSequence: number;
}

/** The newest header, or a note since, may say that a file is waiting to be recycled: its records are all acknowledged. */
export function isNeeded(number: number, pass: Pass, files: readonly SegmentFile[]): boolean {
  const newest = files.findLast(({ header }) => header !== undefined)?.number ?? -1;
  return number >= newest || isListed(number, pass, files);
}

/** It held records. Else a file without a whole frame is a segment that was being prepared. */
export function isListed(number: number, pass: Pass, files: readonly SegmentFile[]): boolean {
  return newestLiving(files).includes(number) && !pass.retired.has(number);
}

export function newestLiving(files: readonly SegmentFile[]): readonly number[] {
  return files.findLast(({ header }) => header !== undefined)?.header?.living ?? [];
}
