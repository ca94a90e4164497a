import { frameKinds, type FrameKind } from '../../format/layout.js';
import { frameOverhead, type OpenFrame } from '../../format/open-frame.js';
import type { Seated } from './commits.js';
import type { FrameQueue } from './frame-queue.js';
import type { Segments, TakenNotes } from '../segments/segments.js';
import type { WritableSegment } from '../segments/writable-segment.js';

/** A header with the longest list of living segments. */
const longestHeaderBytes = 6 * 1024;

/** The end of each segment, for frames without records: acknowledging must be possible when the disk is full. */
export const reserveOf = (segmentBytes: number): number =>
  Math.min(64 * 1024, Math.max(2048, segmentBytes >> 6));

/** That a segment of so many bytes has for frames with records. */
export const roomOf = (segmentBytes: number): number =>
  segmentBytes - reserveOf(segmentBytes) - longestHeaderBytes;

/** Gives frames their places in the current segment, with the notes that ride on them. */
export class Seating {
  /** Have a place, and are not on their way to the disk. */
  private seated: Seated[] = [];
  private end = 0;
  /** The next frame with records follows some that were given up. */
  private leavesGap = true;
  private readonly reserveBytes: number;
  private readonly mostRanges: number;

  constructor(
    private readonly queue: FrameQueue,
    private readonly segments: Segments,
    segmentBytes: number,
    private readonly onNotesTaken: () => void,
  ) {
    this.reserveBytes = reserveOf(segmentBytes);
    this.mostRanges = (this.reserveBytes - 1024) >> 5;
  }

  get isEmpty(): boolean {
    return this.seated.length === 0;
  }

  /** The next place is there. */
  beginAt(offset: number): void {
    this.end = offset;
  }

  noteGap(): void {
    this.leavesGap = true;
  }

  /** What has a place, and where it ends: for the disk. */
  take(): { readonly seated: Seated[]; readonly end: number } {
    const { seated, end } = this;
    this.seated = [];
    return { seated, end };
  }

  /** These did not come to the disk, nor will what has a place behind them: they wait for places in another segment. */
  lose(written: readonly Seated[]): void {
    const lost = [...written, ...this.take().seated];
    for (const { taken, followsGap } of lost) {
      this.segments.returnNotes(taken);
      this.leavesGap ||= followsGap;
    }
    this.queue.unshift(lost.map(({ frame }) => frame).filter(({ count }) => count > 0));
  }

  /** As many of those that wait as there are places for, in order. */
  seatRecords(): void {
    for (let next = this.queue.head; next !== undefined && this.seat(next); next = this.queue.head) {
      this.queue.shift();
    }
  }

  private seat(frame: OpenFrame): boolean {
    const { segments } = this;
    const segment = segments.current;
    if (segment === undefined) return false;
    const taken = this.takeNotes();
    if (this.end + frame.room(taken.notes) > segment.bytes - this.reserveBytes) {
      segments.returnNotes(taken);
      return false;
    }
    this.place(frame, segment, frameKinds.data, taken);
    return true;
  }

  /** A frame without records, in what is kept for it. */
  seatNotes(kind: FrameKind): boolean {
    const { segments } = this;
    const segment = segments.current;
    if (segment === undefined) return false;
    const frame = this.queue.emptyFrame();
    const left = segment.bytes - this.end - (kind === frameKinds.data ? 2 * frameOverhead : 0);
    const taken = this.takeNotes();
    if (frame.room(taken.notes) <= left) {
      this.place(frame, segment, kind, taken);
      return true;
    }
    segments.returnNotes(taken);
    if (kind === frameKinds.data) return false;
    this.place(frame, segment, kind, noNotes);
    return true;
  }

  /** Bytes that a segment must have to hold this frame. */
  needOf(frame: OpenFrame | undefined): number {
    if (frame === undefined) return 0;
    const notes = { acknowledged: [], retired: [], ends: this.segments.ends };
    return longestHeaderBytes + frame.room(notes) + 2 * this.reserveBytes;
  }

  private place(frame: OpenFrame, segment: WritableSegment, kind: FrameKind, taken: TakenNotes): void {
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
    this.seated.push({ frame, bytes, taken, followsGap });
    this.end += bytes.length;
  }

  private takeNotes(): TakenNotes {
    this.onNotesTaken();
    return this.segments.takeNotes(this.mostRanges);
  }
}

const noNotes: TakenNotes = {
  notes: { acknowledged: [], retired: [], ends: [] },
  touched: [],
  retiring: [],
};
