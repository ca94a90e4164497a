import type { Disk } from '@holdfast/core/stage';
import { isHarmless, describeDamage, type Damage } from '../damage.js';
import * as errors from '../errors.js';
import type { JournalKey } from '../format/encryption.js';
import { unreadableOf, type FoundFrame } from '../format/frame.js';
import type { SegmentEnd } from '../format/notes.js';
import { findDamage } from './find-damage.js';
import { isListed, isNeeded, type Gap, type RecoveryPass } from './recovery-pass.js';
import { scanSegment } from './scan.js';
import { Segment } from '../log/segments/segment.js';
import { openSegments, type FoundSegments, type SegmentFile } from '../log/segments/segment-file.js';

/**
 * A header has 32 bits for a number, and no journal comes near that; a file whose name has a larger
 * one is not ours.
 */
const largestNumber = 2 ** 32 - 2 ** 16;

export interface RecoveryOptions {
  readonly disk: Disk;
  readonly directory: string;
  readonly keys: readonly JournalKey[];
  readonly corruption: 'salvage' | 'strict';
  /** `read`: nothing is written, not even a quarantine. */
  readonly mode: 'read' | 'write';
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (readBytes: number, totalBytes: number) => void;
  /**
   * Called before the frames are read: all earlier calls of `onFrame` are void, as they are read
   * again.
   */
  readonly onPass?: () => void;
  /**
   * Called with each whole frame that counts, in order. The frame is valid only during the call.
   */
  readonly onFrame?: (frame: FoundFrame, found: SegmentFile) => void;
}

export interface Recovered {
  /** All segment files that were found. */
  readonly files: readonly SegmentFile[];
  /** The segments that are needed, with their records and which of them are acknowledged. */
  readonly segments: readonly Segment[];
  /** Files with nothing that is needed, and that no header names. */
  readonly unused: readonly SegmentFile[];
  /** Files with nothing of a segment: they are in the quarantine, or stay where they are. */
  readonly aside: readonly SegmentFile[];
  /** Paths of files that were to become segments. */
  readonly unfinished: readonly string[];
  /** `undefined`: there was no segment with a header. */
  readonly journalId: number | undefined;
  readonly nextNumber: number;
  readonly nextSequence: number;
  readonly damage: readonly Damage[];
}

/**
 * Reads a journal's directory: every segment once, in order, with two chunks of it in memory. It
 * writes nothing but copies of what is damaged, so it can be interrupted and repeated at any point.
 */
export async function recover(options: RecoveryOptions): Promise<Recovered> {
  const opening = await openSegments(options);
  try {
    return await read(opening, options);
  } catch (error) {
    for (const { file } of opening.files) await file.close().catch(() => undefined);
    throw error;
  }
}

async function read(opening: FoundSegments, options: RecoveryOptions): Promise<Recovered> {
  const { files, unusable, unfinished } = opening;
  let limits: ReadonlyMap<number, SegmentEnd> = new Map();
  let pass = await passOver(files, limits, options);
  // The end of a segment is noted by the one after it. It rarely cuts off something whole; then all
  // is read again within that limit.
  while (pass.scans.some(({ found, end }) => end > (pass.ends.get(found.number)?.offset ?? end))) {
    limits = pass.ends;
    pass = await passOver(files, limits, options);
  }
  for (const segment of pass.inOrder) {
    if (!isNeeded(segment.number, pass, files)) segment.acknowledgeAll();
  }
  const found = await findDamage(pass, opening, options);
  const damage = [
    ...found.damage,
    ...pass.gaps.filter((gap) => !isExplained(gap, pass)).map(({ missing }) => missing),
  ];
  const serious = damage.filter((one) => !isHarmless(one));
  if (options.corruption === 'strict' && serious.length > 0) {
    throw errors.corrupt(options.directory, serious.map(describeDamage));
  }
  // A segment that a header names, and the one with the newest header, are released like any other,
  // once that is noted: a file that is gone before would be reported missing.
  const newest = files.findLast(({ header }) => header !== undefined);
  const emptied = pass.scans.filter(
    ({ frames, found: file }) =>
      frames === 0 && (file === newest || isListed(file.number, pass, files)) && !found.moved.has(file),
  );
  const segments = [...pass.inOrder, ...emptied.map(({ found: file }) => segmentOf(file))];
  const kept = new Set([...found.kept].map(({ file }) => file));
  for (const segment of segments) segment.isKept = kept.has(segment.file);
  const used = new Set(segments.map(({ file }) => file));
  const numbers = [
    ...files.flatMap(({ number, named }) => [number, named]),
    ...files.flatMap(({ header }) => header?.living ?? []),
    ...unusable.map(({ named }) => named),
  ];
  return {
    files,
    segments: segments.sort((a, b) => a.number - b.number),
    unused: files.filter(({ file, header }) => !used.has(file) && header !== undefined),
    aside: files.filter(({ file, header }) => !used.has(file) && header === undefined),
    unfinished,
    journalId: files.find(({ header }) => header !== undefined)?.header?.journalId,
    nextNumber: Math.max(0, ...numbers.filter((number) => number <= largestNumber)) + 1,
    nextSequence: pass.nextSequence,
    damage,
  };
}

async function passOver(
  files: readonly SegmentFile[],
  limits: ReadonlyMap<number, SegmentEnd>,
  options: RecoveryOptions,
): Promise<RecoveryPass> {
  const pass: RecoveryPass = {
    segments: new Map(),
    inOrder: [],
    ends: new Map(),
    retired: new Set(),
    unsynced: new Set(files.filter(({ header }) => header?.isUnsynced).map(({ number }) => number)),
    scans: [],
    gaps: [],
    expected: 0,
    nextSequence: 0,
  };
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  let before = 0;
  options.onPass?.();
  for (const found of files) {
    const scanned = await scanSegment({
      found,
      cipher: found.cipherAt,
      limit: limits.get(found.number)?.offset ?? Infinity,
      signal: options.signal,
      onFrame: (frame, afterBad) => take(frame, afterBad, found, pass, options),
      onProgress: (offset) => options.onProgress?.(before + offset, total),
    });
    before += found.bytes;
    pass.scans.push(scanned);
    const segment = pass.segments.get(found.number);
    if (segment === undefined) continue;
    segment.written = segment.readable = segment.durable = scanned.end;
  }
  noteEnds(pass);
  return pass;
}

/**
 * Notes the ends of segments again. After a kill, what the process wrote last may be in the
 * system's memory alone: the end of a segment, its seal, and the note of how the one before ended.
 * A power loss would make that look like damage.
 */
function noteEnds({ scans, segments, ends }: RecoveryPass): void {
  const last = scans.findLast(({ frames }) => frames > 0);
  for (const scanned of scans) {
    const { found, end, durable, ended } = scanned;
    const noted = ends.get(found.number);
    if (ended === 'sealed' && noted === undefined && scanned !== last) continue;
    segments.get(found.number)?.noteEnd(end, Math.min(end, Math.max(durable, noted?.durable ?? 0)));
  }
}

function take(
  frame: FoundFrame,
  afterBad: boolean,
  found: SegmentFile,
  pass: RecoveryPass,
  options: RecoveryOptions,
): void {
  const segment = segmentFor(found, pass);
  if (frame.count > 0) {
    const { expected } = pass;
    // Only a forged frame goes back: its records belong to others already.
    if (frame.first < segment.end) return;
    if (frame.first > expected && !afterBad && !frame.followsGap) {
      const { path } = found;
      const missing = {
        kind: 'missing-records',
        path,
        start: frame.offset,
        records: frame.first - expected,
      } as const;
      pass.gaps.push({ missing, begins: segment.end < 0 ? segment.number : undefined });
    }
    segment.hold(frame.first, frame.first + frame.count);
    for (const sequence of unreadableOf(frame)) segment.acknowledge(sequence);
    pass.expected = Math.max(expected, frame.first + frame.count);
  }
  for (const { start, end } of frame.notes.acknowledged) {
    acknowledge(start, end, segment, pass);
    pass.expected = Math.max(pass.expected, end);
  }
  pass.nextSequence = Math.max(pass.nextSequence, pass.expected, frame.first);
  for (const number of frame.notes.retired) pass.retired.add(number);
  for (const end of frame.notes.ends) pass.ends.set(end.number, end);
  options.onFrame?.(frame, found);
}

/**
 * Returns whether the missing records were in a segment that is gone, lost its end or was never
 * synced: that is reported there.
 */
function isExplained({ begins }: Gap, { segments, unsynced, scans, ends }: RecoveryPass): boolean {
  if (begins === undefined) return false;
  const before = begins - 1;
  if (!segments.has(before) || unsynced.has(before)) return true;
  const scanned = scans.find(({ found }) => found.number === before);
  return scanned !== undefined && scanned.end < (ends.get(before)?.offset ?? 0);
}

function segmentFor(found: SegmentFile, pass: RecoveryPass): Segment {
  let segment = pass.segments.get(found.number);
  if (segment === undefined) {
    segment = segmentOf(found);
    pass.segments.set(found.number, segment);
    pass.inOrder.push(segment);
  }
  return segment;
}

function segmentOf({ number, header, path, file, bytes, cipherAt }: SegmentFile): Segment {
  return new Segment({
    epoch: { number, nonce: header?.nonce },
    path,
    file,
    bytes,
    headerBytes: header?.bytes ?? 0,
    cipherAt,
    living: header?.living ?? [],
  });
}

function acknowledge(start: number, end: number, by: Segment, pass: RecoveryPass): void {
  for (let i = pass.inOrder.length - 1; i >= 0; i--) {
    const segment = pass.inOrder[i];
    if (segment === undefined || segment.first < 0) continue;
    if (segment.end <= start) return;
    const from = Math.max(start, segment.first);
    const to = Math.min(end, segment.end);
    if (from >= to) continue;
    for (let sequence = from; sequence < to; sequence++) segment.acknowledge(sequence);
    segment.rangesIn.add(by);
  }
}
