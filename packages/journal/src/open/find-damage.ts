import { segmentPath } from '../log/segments/create-segment.js';
import { basename, join } from 'node:path';
import type { Damage } from '../damage.js';
import { isListed, isNeeded, newestLiving, type RecoveryPass } from './recovery-pass.js';
import { folderOf, moveAside, quarantine, type QuarantineOptions } from '../log/segments/quarantine.js';
import type { ScannedSegment } from './scan.js';
import type { FoundSegments, SegmentFile } from '../log/segments/segment-file.js';

export interface FoundDamage {
  readonly damage: readonly Damage[];
  /** Those that were moved to the quarantine. */
  readonly moved: ReadonlySet<SegmentFile>;
  /** Those whose files go to the quarantine once they are not needed. */
  readonly kept: ReadonlySet<SegmentFile>;
}

/**
 * Returns all damage that one pass has found. What is damaged is copied, or moved, to the
 * quarantine.
 */
export async function findDamage(
  pass: RecoveryPass,
  { files, unusable }: FoundSegments,
  options: QuarantineOptions,
): Promise<FoundDamage> {
  const finder = new DamageFinder(pass, files, options);
  for (const scanned of pass.scans) await finder.look(scanned);
  for (const { path, code } of unusable) {
    const to = await moveAside(options, path);
    finder.damage.push({ kind: 'unreadable-file', path, start: 0, code, quarantine: to });
  }
  const present = new Set([...files.map(({ number }) => number), ...unusable.map(({ named }) => named)]);
  for (const number of missing(pass, files, present)) {
    finder.damage.push({ kind: 'missing-segment', path: segmentPath(options.directory, number) });
  }
  return finder;
}

class DamageFinder implements FoundDamage {
  readonly damage: Damage[] = [];
  readonly moved = new Set<SegmentFile>();
  readonly kept = new Set<SegmentFile>();
  private readonly last: ScannedSegment | undefined;

  constructor(
    private readonly pass: RecoveryPass,
    private readonly files: readonly SegmentFile[],
    private readonly options: QuarantineOptions,
  ) {
    this.last = pass.scans.findLast(({ frames }) => frames > 0);
  }

  async look(scanned: ScannedSegment): Promise<void> {
    const { frames, found } = scanned;
    const { pass, files } = this;
    if (frames === 0 && found.header === undefined) return this.nothingWhole(scanned);
    if (!isNeeded(found.number, pass, files)) return;
    if (frames === 0 && !isListed(found.number, pass, files)) return this.withoutFrames(scanned);
    // A segment without a whole frame after the last one that has some was begun, and its content
    // was not synced yet.
    const isLast = this.last === undefined || found.number >= this.last.found.number;
    await this.segment(scanned, isLast);
  }

  /**
   * A file that is being prepared has another name, and a segment has a header from the first
   * moment: this one lost all it had, or is not ours.
   */
  private async nothingWhole({ found, failure }: ScannedSegment): Promise<void> {
    const { path, bytes, number } = found;
    let to: string | undefined;
    // The newest header names it: it stays until that has changed, or it would be reported missing.
    if (isListed(number, this.pass, this.files)) to = this.keep(found);
    else {
      to = await moveAside(this.options, path);
      if (to !== undefined) this.moved.add(found);
    }
    if (failure !== undefined)
      this.damage.push({ kind: 'unreadable-file', path, ...failure, quarantine: to });
    else this.damage.push({ kind: 'corrupt', path, start: 0, end: bytes, quarantine: to });
  }

  /** The newest segment: nothing was written to it, or nothing whole. */
  private withoutFrames({ found, failure, isTorn, end: start }: ScannedSegment): void {
    const { path, header, bytes } = found;
    const expected = header?.segmentBytes ?? 0;
    if (failure !== undefined) this.unreadable(found, failure);
    else if (bytes < expected) this.damage.push({ kind: 'truncated', path, start: bytes, end: expected });
    else if (isTorn) this.torn(found, start, true);
  }

  private async segment(scanned: ScannedSegment, isLast: boolean): Promise<void> {
    const { found, end, bad, broken, failure } = scanned;
    const { pass, options, damage } = this;
    const { path, header, bytes } = found;
    const noted = pass.ends.get(found.number);
    const durable = Math.max(scanned.durable, noted?.durable ?? 0);
    const add = async (start: number, until: number, wasSynced: boolean): Promise<void> => {
      if (!wasSynced) damage.push({ kind: 'unsynced', path, start, end: until });
      else {
        const to = await quarantine(options, found, start, until);
        damage.push({ kind: 'corrupt', path, start, end: until, quarantine: to });
      }
    };
    if (header === undefined && (bad[0]?.start ?? -1) !== 0) await add(0, Math.min(bytes, 8), true);
    for (const { start, end: until } of bad)
      await add(start, until, start < durable || (start === 0 && header === undefined));
    for (const one of broken) {
      const to = await quarantine(options, found, one.start, one.end);
      damage.push({ kind: 'unreadable-records', path, ...one, quarantine: to });
    }
    if (failure !== undefined) return this.unreadable(found, failure);
    if (noted !== undefined && end < noted.offset) await add(end, noted.offset, end < durable);
    else if (noted === undefined && !isLast && scanned.ended === undefined)
      await add(end, bytes, !pass.unsynced.has(found.number));
    else if (isLast && scanned.ended === undefined && scanned.isTorn) {
      this.torn(found, end, scanned.frames === 0);
    }
    const expected = header?.segmentBytes ?? 0;
    // A closed segment is cut after its last frame.
    const isWhole = bytes >= expected || (scanned.ended === 'closed' && bytes === end);
    if (!isWhole) damage.push({ kind: 'truncated', path, start: bytes, end: expected });
  }

  /**
   * `isAll`: nothing of the segment is whole. Damage of its only frame would look the same, so it
   * is kept.
   */
  private torn(found: SegmentFile, start: number, isAll: boolean): void {
    const { path, bytes: end } = found;
    const to = isAll ? this.keep(found) : undefined;
    this.damage.push({ kind: 'torn-tail', path, start, end, ...(to !== undefined && { quarantine: to }) });
  }

  private unreadable(found: SegmentFile, failure: NonNullable<ScannedSegment['failure']>): void {
    const { path } = found;
    this.damage.push({ kind: 'unreadable-file', path, ...failure, quarantine: this.keep(found) });
  }

  /** Returns where the file will be. */
  private keep(found: SegmentFile): string | undefined {
    const { mode, directory } = this.options;
    if (mode === 'read') return undefined;
    this.kept.add(found);
    return join(folderOf(directory), basename(found.path));
  }
}

function missing(pass: RecoveryPass, files: readonly SegmentFile[], present: ReadonlySet<number>): number[] {
  const gone = newestLiving(files).filter((number) => !present.has(number) && !pass.retired.has(number));
  const last = pass.scans.findLast(({ frames }) => frames > 0);
  const newest = files.at(-1)?.number ?? 0;
  const next = newest + 1;
  if (last?.ended === 'sealed' && last.found.number === newest && !present.has(next)) gone.push(next);
  return gone;
}
