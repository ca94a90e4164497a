import * as errors from '../errors.js';
import { endOf, unreadableOf, type FoundFrame } from '../format/frame.js';
import { FrameSource, type BadRegion } from '../log/read/frame-source.js';
import type { CipherAt, SegmentFile } from '../log/segments/segment-file.js';

/** What one segment was found to hold. */
export interface ScannedSegment {
  readonly found: SegmentFile;
  readonly bad: readonly BadRegion[];
  /** Whole frames with `records` that cannot be read. */
  readonly broken: readonly (BadRegion & { readonly records: number })[];
  /** The system cannot read the file from `start` on. */
  readonly failure: { readonly start: number; readonly code: string } | undefined;
  /** Where the last whole frame ends. */
  readonly end: number;
  readonly frames: number;
  /** The highest offset that is known to have been synced. */
  readonly durable: number;
  /** How the last frame ends the segment; `undefined` when it does not. */
  readonly ended: 'sealed' | 'closed' | undefined;
  /** Something was written after the last whole frame. */
  readonly isTorn: boolean;
}

export interface ScanOptions {
  readonly found: SegmentFile;
  readonly cipher: CipherAt;
  /** What comes after this offset does not count. */
  readonly limit: number;
  readonly signal: AbortSignal | undefined;
  readonly onFrame: (frame: FoundFrame, afterBad: boolean) => void;
  /** Called with the offset up to which the file has been read. */
  readonly onProgress: (offset: number) => void;
}

/** Large reads, with the next one under way; two of them are all the memory it takes. */
const chunkBytes = 4 * 1024 * 1024;

/** Reads all frames of a segment, in order. */
export async function scanSegment(options: ScanOptions): Promise<ScannedSegment> {
  const { found, cipher, limit, signal, onFrame, onProgress } = options;
  const { header, file, bytes, number } = found;
  const from = header?.bytes ?? 0;
  const source = new FrameSource({
    file,
    expected: { number, nonce: header?.nonce },
    cipher,
    from,
    to: Math.min(bytes, limit),
    chunkBytes,
  });
  const bad: BadRegion[] = [];
  const broken: (BadRegion & { readonly records: number })[] = [];
  let failure: ScannedSegment['failure'];
  let frames = 0;
  let durable = from;
  let ended: ScannedSegment['ended'];
  let afterBad = false;
  try {
    while (await source.load()) {
      signal?.throwIfAborted();
      for (let next = source.next(); next !== undefined; next = source.next()) {
        if (!('kind' in next)) {
          bad.push(next);
          afterBad = true;
          continue;
        }
        frames++;
        if (next.isBroken) broken.push(regionOf(next));
        durable = Math.max(durable, next.durable);
        ended = endOf(next.kind);
        onFrame(next, afterBad);
        // Only records tell how many are missing; a frame may hold none.
        if (next.count > 0) afterBad = false;
      }
      onProgress(source.loaded);
    }
  } catch (error) {
    if (!errors.isOfFile(error)) throw error;
    failure = { start: source.loaded, code: errors.stallCode(error) };
  } finally {
    await source.end();
  }
  const end = source.position;
  return { found, bad, broken, failure, end, frames, durable, ended, isTorn: !source.endsWell };
}

const regionOf = (frame: FoundFrame): BadRegion & { readonly records: number } => ({
  start: frame.offset,
  end: frame.offset + frame.bytes,
  records: unreadableOf(frame).length,
});
