import { writeAll } from '@holdfast/core/internal';
import * as errors from '../../errors.js';
import type { Notes, SegmentEnd } from '../../format/notes.js';
import { encodeHeader } from '../../format/segment-header.js';
import { createSegment, preparingPath, segmentPath } from './create-segment.js';
import { DiskSpace, type SpareFile } from './disk-space.js';
import { PendingAcks } from './pending-acks.js';
import type { Segment } from './segment.js';
import type { SegmentsOptions } from './segments-options.js';
import { WritableSegment } from './writable-segment.js';

/**
 * Notes that a frame takes along. Once the frame is durable, {@link Segments.noted} releases what
 * waited for that.
 */
export interface TakenNotes {
  readonly notes: Omit<Notes, 'topics'>;
  readonly touched: readonly Segment[];
  readonly retiring: readonly Segment[];
}

const diskPageBytes = 4096;

/**
 * The segments that hold records, which of these are acknowledged, and the files for the next
 * segments.
 */
export class Segments {
  /** In the order of their numbers, the current one last. */
  readonly living: Segment[] = [];
  current: WritableSegment | undefined;
  /** Records before this sequence number can be read, unless they are acknowledged. */
  readableEnd: number;
  /** The segment after the current one; its header may be the newest. */
  private ready: WritableSegment | undefined;
  private preparing = false;
  private nextNumber: number;
  private readonly space: DiskSpace;
  /**
   * A file that {@link takeDone} took, and that has no new header yet: until another segment has
   * one, it must not go missing.
   */
  private taken: SpareFile | undefined;
  private readonly pending = new PendingAcks();
  private touched = new Set<Segment>();
  private lastTouched: Segment | undefined;
  private retiring = new Set<Segment>();
  private endsToNote: readonly SegmentEnd[] = [];
  private latest: Segment | undefined;
  private readonly releasing = new Set<Promise<void>>();

  constructor(private readonly options: SegmentsOptions) {
    this.space = new DiskSpace(options);
    this.nextNumber = options.nextNumber;
    this.readableEnd = options.nextSequence;
  }

  /** Bytes of all files. */
  get bytes(): number {
    return this.space.usedBytes;
  }

  get hasPendingAcks(): boolean {
    return !this.pending.isEmpty;
  }

  /** Something waits for a frame before its disk space can be used again. */
  get isRetiring(): boolean {
    return this.retiring.size > 0;
  }

  /** Records that are not acknowledged. */
  get live(): number {
    return this.living.reduce((sum, { live }) => sum + live, 0);
  }

  /** See {@link Segment.liveBytes}. */
  get liveBytes(): number {
    return this.living.reduce((sum, { liveBytes }) => sum + liveBytes, 0);
  }

  /**
   * Sequence number of the first record that is not acknowledged; `undefined` when there is none.
   */
  get firstLive(): number | undefined {
    return this.living.find(({ live }) => live > 0)?.firstLive;
  }

  /**
   * The ends of the segments that have no seal. Each segment begins with these, so that any older
   * one can go.
   */
  get ends(): SegmentEnd[] {
    return this.living.flatMap(({ ending }) => (ending === undefined ? [] : [ending]));
  }

  /** Takes over the segments that were there at the start. */
  adopt(segments: readonly Segment[]): void {
    this.living.push(...segments);
    for (const segment of segments) this.space.usedBytes += segment.bytes;
    for (const segment of segments) this.retireIfDone(segment);
  }

  /**
   * Prepares the segment after the current one, with room for `leastBytes`. Rejects when the disk
   * has none.
   */
  async prepare(leastBytes: number): Promise<void> {
    if (this.preparing || (this.ready !== undefined && this.ready.bytes >= leastBytes)) return;
    this.preparing = true;
    try {
      const bytes = this.bytesFor(leastBytes);
      if (this.ready === undefined) this.ready = await this.make(bytes);
      else await this.grow(this.ready, bytes);
    } finally {
      this.preparing = false;
    }
  }

  /** The segment that {@link begin} begins; `undefined` while it is being prepared. */
  get prepared(): WritableSegment | undefined {
    return this.preparing ? undefined : this.ready;
  }

  get isPreparing(): boolean {
    return this.preparing;
  }

  /** Makes the prepared segment the current one. */
  begin(): WritableSegment | undefined {
    const segment = this.prepared;
    if (segment === undefined) return undefined;
    this.ready = undefined;
    this.endsToNote = this.ends;
    this.current = segment;
    this.living.push(segment);
    return segment;
  }

  /** Ends the current segment: nothing more is written to it. */
  end(): void {
    const segment = this.current;
    this.current = undefined;
    if (segment !== undefined) this.retireIfDone(segment);
  }

  acknowledge(sequence: number): void {
    const segment = this.segmentOf(sequence);
    if (segment === undefined || !segment.acknowledge(sequence)) return;
    this.pending.add(sequence);
    if (segment !== this.lastTouched) {
      this.lastTouched = segment;
      this.touched.add(segment);
    }
    this.retireIfDone(segment);
  }

  segmentOf(sequence: number): Segment | undefined {
    if (this.latest?.holds(sequence)) return this.latest;
    this.latest = this.living.findLast((one) => one.holds(sequence));
    return this.latest;
  }

  /** Takes the notes for a frame, with at most `mostRanges` ranges. */
  takeNotes(mostRanges: number): TakenNotes {
    const acknowledged = this.pending.take(mostRanges);
    // Ranges that a retiring segment held for others are written before it goes.
    const retiring = this.pending.isEmpty ? [...this.retiring] : [];
    const touched = [...this.touched];
    this.touched.clear();
    this.lastTouched = undefined;
    for (const segment of retiring) this.retiring.delete(segment);
    return {
      notes: {
        acknowledged,
        retired: retiring.length > 0 ? this.retired(retiring) : [],
        ends: this.endsToNote,
      },
      touched,
      retiring,
    };
  }

  /**
   * Notes that the frame with these notes is in `segment`: synced, if a segment retires with it, as
   * a file that is gone before that would be reported missing. Returns the releases that this
   * begins; each resolves when disk space is free.
   */
  noted({ notes, touched, retiring }: TakenNotes, segment: Segment): readonly Promise<void>[] {
    if (notes.ends.length > 0) this.endsToNote = [];
    for (const one of touched) one.rangesIn.add(segment);
    return retiring.map((one) => {
      const releasing = this.release(one).finally(() => this.releasing.delete(releasing));
      this.releasing.add(releasing);
      return releasing;
    });
  }

  /** Takes the notes back of a frame that was lost. */
  returnNotes({ notes, touched, retiring }: TakenNotes): void {
    this.pending.addRanges(notes.acknowledged);
    for (const one of touched) this.touched.add(one);
    for (const one of retiring) this.retiring.add(one);
  }

  /** Closes all files, and removes those that hold nothing. */
  async close(): Promise<void> {
    await Promise.all([...this.releasing, ...this.living.map(({ busy }) => busy)]);
    await this.space.removeSpares();
    const { ready } = this;
    await this.taken?.file.close().catch(() => undefined);
    // A prepared segment stays when its absence would look like damage: it follows a sealed
    // segment, or its header alone tells that another one is gone.
    const isMissed = ready?.vouches === true || (this.current === undefined && this.living.length > 0);
    if (isMissed) await ready?.file.close().catch(() => undefined);
    else if (ready !== undefined) await this.space.remove(ready);
    for (const { file } of this.living) await file.close().catch(() => undefined);
  }

  private retireIfDone(segment: Segment): void {
    if (segment.live > 0 || segment === this.current) return;
    this.retiring.add(segment);
    for (const other of this.living) {
      if (other === segment || !other.rangesIn.delete(segment)) continue;
      this.pending.addRanges(other.acknowledgedRanges());
      this.touched.add(other);
    }
  }

  /**
   * Returns those of the segments named by a header that may be the newest which need not be read.
   */
  private retired(now: readonly Segment[]): number[] {
    const named = new Set([...(this.current?.living ?? []), ...(this.ready?.living ?? [])]);
    for (const one of this.living) if (!now.includes(one)) named.delete(one.number);
    return [...named];
  }

  private async release(segment: Segment): Promise<void> {
    if (!this.forget(segment)) return;
    await segment.busy;
    // An earlier start may have written with another key, or none: that must not stay in a file
    // that is recycled.
    if (segment.isKept) await this.space.moveAside(segment);
    else if (segment instanceof WritableSegment) await this.space.setAside(segment);
    else await this.space.remove(segment);
  }

  private forget(segment: Segment): boolean {
    const index = this.living.indexOf(segment);
    if (index < 0) return false;
    this.living.splice(index, 1);
    if (this.latest === segment) this.latest = undefined;
    for (const other of this.living) other.rangesIn.delete(segment);
    return true;
  }

  private bytesFor(leastBytes: number): number {
    return Math.max(this.options.segmentBytes, Math.ceil(leastBytes / diskPageBytes) * diskPageBytes);
  }

  private async make(bytes: number): Promise<WritableSegment> {
    const number = this.nextNumber++;
    const path = segmentPath(this.options.directory, number);
    try {
      return await this.makeNew(path, bytes, number);
    } catch (error) {
      const isFull = errors.isFull(error) || errors.isNoSpace(error);
      const done = isFull ? await this.takeDone(path, bytes) : undefined;
      if (done === undefined) throw error;
      const segment = await this.create(done, number, path);
      this.taken = undefined;
      segment.vouches = true;
      return segment;
    }
  }

  private async makeNew(path: string, bytes: number, number: number): Promise<WritableSegment> {
    const spare = await this.space.take(preparingPath(this.options.directory, number), bytes);
    try {
      const segment = await this.create(spare, number, path);
      if (this.taken !== undefined) {
        segment.vouches = true;
        await this.space.remove(this.taken);
        this.taken = undefined;
      }
      return segment;
    } catch (error) {
      await this.space.remove(spare);
      throw error;
    }
  }

  private create(spare: SpareFile, number: number, path: string): Promise<WritableSegment> {
    const living = this.living
      .filter((one) => one.live > 0 || one === this.current)
      .map(({ number }) => number);
    return createSegment(this.options, this.space, spare, { number, path, living });
  }

  /** Grows it in place: its header may be the newest, and must not be gone for a moment. */
  private async grow(segment: WritableSegment, bytes: number): Promise<void> {
    await this.space.lengthen(segment, bytes);
    segment.bytes = bytes;
    // All that changes is in the first sector.
    await writeAll(segment.file, [encodeHeader({ ...segment.header, segmentBytes: bytes })], 0);
    await segment.sync();
  }

  /**
   * Overwrites a segment whose records are all acknowledged without noting that first, when there
   * is no space and no segment for the note. The new header tells that it is not needed. A crash
   * before that costs the ranges that it held for others, and so duplicates.
   */
  private async takeDone(path: string, least: number): Promise<SpareFile | undefined> {
    if (this.taken !== undefined) {
      this.taken = await this.space.move(this.taken, path, this.taken.bytes);
      return this.taken;
    }
    const chosen = this.current === undefined ? this.doneFor(least) : undefined;
    if (chosen === undefined) return undefined;
    const { done, bytes } = chosen;
    this.taken = await this.space.move(done, path, bytes);
    this.taken.isForeign = !(done instanceof WritableSegment);
    this.retiring.delete(done);
    this.forget(done);
    return this.taken;
  }

  /**
   * Returns whether a crash before the next frame would leave no note of how an older segment ended
   * that is then not the last one.
   */
  private isWitness(segment: Segment): boolean {
    const last = this.living.findLast((one) => one !== segment);
    return this.living.some(
      ({ number, live, ending }) =>
        ending !== undefined && live > 0 && number < segment.number && number !== last?.number,
    );
  }

  /**
   * Chooses a segment that can have `least` bytes; else one that can take the note for the others,
   * whose space is free once it is written.
   */
  private doneFor(least: number): { readonly done: Segment; readonly bytes: number } | undefined {
    const { segmentBytes } = this.options;
    const all = [...this.retiring].filter(
      (one) => !one.isKept && one.busy === undefined && !this.isWitness(one),
    );
    const sum = all.reduce((bytes, one) => bytes + one.bytes, 0);
    const growth = (one: Segment, bytes: number): number => Math.max(0, bytes - one.bytes);
    const fits = all.find((one) => this.space.has(growth(one, least)));
    if (fits !== undefined) return { done: fits, bytes: Math.max(fits.bytes, least) };
    if (all.length < 2) return undefined;
    const done = all.find((one) => this.space.has(growth(one, segmentBytes) - (sum - one.bytes)));
    return done && { done, bytes: Math.max(done.bytes, segmentBytes) };
  }
}
