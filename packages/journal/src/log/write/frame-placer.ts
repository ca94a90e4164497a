import { frameKinds, type FrameKind } from '../../format/layout.js';
import { frameOverhead, type FrameBuilder } from '../../format/frame-builder.js';
import type { Segments, TakenNotes } from '../segments/segments.js';
import type { WritableSegment } from '../segments/writable-segment.js';
import type { PlacedFrame } from './commits.js';
import type { FrameQueue } from './frame-queue.js';

/** A header with the longest list of living segments. */
const longestHeaderBytes = 6 * 1024;

/**
 * Returns how much of the end of a segment is reserved for frames without records: acknowledging
 * must be possible when the disk is full.
 */
export const reserveOf = (segmentBytes: number): number =>
  Math.min(64 * 1024, Math.max(2048, segmentBytes >> 6));

/** Returns how many bytes a segment has for frames with records. */
export const roomOf = (segmentBytes: number): number =>
  segmentBytes - reserveOf(segmentBytes) - longestHeaderBytes;

/** Gives frames their places in the current segment, with the notes that ride on them. */
export class FramePlacer {
  /** These have a place, and are not on their way to the disk. */
  private placed: PlacedFrame[] = [];
  private end = 0;
  /** The next frame with records follows some that were dropped. */
  private leavesGap = true;
  private readonly reserveBytes: number;
  private readonly mostRanges: number;

  constructor(
    private readonly queue: FrameQueue,
    private readonly segments: Segments,
    segmentBytes: number,
  ) {
    this.reserveBytes = reserveOf(segmentBytes);
    this.mostRanges = (this.reserveBytes - 1024) >> 5;
  }

  get isEmpty(): boolean {
    return this.placed.length === 0;
  }

  /** Sets the offset of the next place. */
  beginAt(offset: number): void {
    this.end = offset;
  }

  noteGap(): void {
    this.leavesGap = true;
  }

  /** Takes out the frames that have a place, for the disk, and where the last one ends. */
  take(): { readonly placed: PlacedFrame[]; readonly end: number } {
    const { placed, end } = this;
    this.placed = [];
    return { placed, end };
  }

  /**
   * Queues the frames again that were not written, and those whose places come after them: another
   * segment takes them.
   */
  lose(written: readonly PlacedFrame[]): void {
    const lost = [...written, ...this.take().placed];
    for (const { taken, followsGap } of lost) {
      this.segments.returnNotes(taken);
      this.leavesGap ||= followsGap;
    }
    this.queue.unshift(lost.map(({ frame }) => frame).filter(({ count }) => count > 0));
  }

  /** Places as many of the queued frames as fit, in order. */
  placeRecords(): void {
    for (let next = this.queue.first; next !== undefined && this.placeOne(next); next = this.queue.first) {
      this.queue.shift();
    }
  }

  private placeOne(frame: FrameBuilder): boolean {
    const { segments } = this;
    const segment = segments.current;
    if (segment === undefined) return false;
    const taken = segments.takeNotes(this.mostRanges);
    if (this.end + frame.room(taken.notes) > segment.bytes - this.reserveBytes) {
      segments.returnNotes(taken);
      return false;
    }
    this.place(frame, segment, frameKinds.data, taken);
    return true;
  }

  /** Places a frame without records, in what is reserved for it. Returns whether it fits. */
  placeNotes(kind: FrameKind): boolean {
    const { segments } = this;
    const segment = segments.current;
    if (segment === undefined) return false;
    const frame = this.queue.emptyFrame();
    const left = segment.bytes - this.end - (kind === frameKinds.data ? 2 * frameOverhead : 0);
    const taken = segments.takeNotes(this.mostRanges);
    if (frame.room(taken.notes) <= left) {
      this.place(frame, segment, kind, taken);
      return true;
    }
    segments.returnNotes(taken);
    if (kind === frameKinds.data) return false;
    this.place(frame, segment, kind, noNotes);
    return true;
  }

  /** Returns how many bytes a segment needs to hold this frame. */
  bytesFor(frame: FrameBuilder | undefined): number {
    if (frame === undefined) return 0;
    const notes = { acknowledged: [], retired: [], ends: this.segments.ends };
    return longestHeaderBytes + frame.room(notes) + 2 * this.reserveBytes;
  }

  private place(frame: FrameBuilder, segment: WritableSegment, kind: FrameKind, taken: TakenNotes): void {
    const followsGap = this.leavesGap && frame.count > 0;
    const bytes = frame.seal({
      epoch: segment.epoch,
      cipher: segment.cipher,
      offset: this.end,
      durable: segment.durable,
      kind,
      followsGap,
      notes: taken.notes,
    });
    if (followsGap) this.leavesGap = false;
    this.placed.push({ frame, bytes, taken, followsGap });
    this.end += bytes.length;
  }
}

const noNotes: TakenNotes = {
  notes: { acknowledged: [], retired: [], ends: [] },
  touched: [],
  retiring: [],
};
