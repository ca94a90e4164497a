import { writeAll } from '@holdfast/core/internal';
import type { Clock, SerializedRecord, Timer } from '@holdfast/core/stage';
import { frameKinds } from '../../format/layout.js';
import { Commits, type Group } from './commits.js';
import { FrameQueue } from './frame-queue.js';
import { Outage, type OutageListener } from './disk-outage.js';
import { resync } from './resync.js';
import { reserveOf, roomOf, Seating } from './frame-placer.js';
import type { Segments } from '../segments/segments.js';
import type { WritableSegment } from '../segments/writable-segment.js';

export interface LogOptions {
  readonly clock: Clock;
  readonly segments: Segments;
  readonly segmentBytes: number;
  readonly fsync: 'always' | 'interval' | 'never';
  readonly fsyncIntervalMs: number;
  readonly nextSequence: number;
}

export interface LogListener extends OutageListener {
  /** Everything before `end` may be acknowledged. */
  durable(end: number): void;
  /** A sync that made so many bytes durable took so long. */
  synced(durationMs: number, bytes: number): void;
  /** So many records that may have been acknowledged could not be synced, and not be written again. */
  unsynced(records: number, error: unknown): void;
}

const mebi = 1024 * 1024;
/** One checksum and one copy a frame; larger ones gain nothing. */
const largestFrameBytes = mebi;
/** Frames that may wait for the disk; beyond, there is no room. */
const mostPendingBytes = 4 * mebi;
/** Acknowledged ranges that no record comes to carry are written after this time. */
const idleAckMs = 50;

/**
 * Group commit: what comes while one sync runs goes out with the next, all of it in one write and one sync. Records get their
 * sequence numbers here, acknowledged ranges ride on the frames that leave anyway, and a segment that failed is left for another.
 */
export class Log {
  /** Records before this sequence number may be on the disk, even when its write or sync failed. */
  attempted = 0;
  private readonly queue: FrameQueue;
  private readonly seating: Seating;
  /** So much is not kept waiting for what else the same turn of the event loop may bring. */
  private readonly eagerBytes: number;
  private sealing = false;
  private scheduled = false;
  private readonly commits: Commits;
  private readonly outage: Outage;
  private ackTimer: Timer | undefined;
  private ackDue = false;
  private syncTimer: Timer | undefined;
  private syncDue = false;
  private closing = false;
  private quiet: (() => void)[] = [];

  constructor(
    private readonly options: LogOptions,
    private readonly listener: LogListener,
  ) {
    const { segmentBytes, nextSequence, segments } = options;
    const frameBytes = Math.min(largestFrameBytes, roomOf(segmentBytes) >> 1);
    this.eagerBytes = frameBytes >> 1;
    this.queue = new FrameQueue(nextSequence, frameBytes, reserveOf(segmentBytes));
    this.seating = new Seating(this.queue, segments, segmentBytes, () => this.noAckWaits());
    this.commits = new Commits(options.clock, {
      written: () => this.advance(),
      synced: (durationMs, bytes) => listener.synced(durationMs, bytes),
      committed: (group) => this.committed(group),
      failed: (groups, error) => this.abandon(groups, error),
      ended: () => this.advance(),
    });
    this.outage = new Outage(options.clock, listener, () => this.prepareAgain());
    segments.released = () => {
      if (this.outage.isOn) this.prepareAgain();
      this.kick();
    };
  }

  get syncs(): number {
    return this.commits.syncs;
  }

  get hasRoom(): boolean {
    return this.queue.pendingBytes < mostPendingBytes;
  }

  /** Why the disk takes no records; `undefined` when it does. */
  get stalledBy(): unknown {
    return this.outage.stalledBy;
  }

  get nextSequence(): number {
    return this.queue.nextSequence;
  }

  /** What records take that are not durable yet. */
  get pendingBytes(): number {
    return this.queue.pendingBytes;
  }

  /** Answers with the record's sequence number. Throws `INVALID_RECORD` for one that cannot be written; no other suffers. */
  append(record: SerializedRecord): number {
    const sequence = this.queue.add(record);
    // Who hears of a stall must know of this record.
    if (this.outage.isOn || this.queue.waitingBytes < this.eagerBytes) this.kick();
    else this.advance(); // the disk works while the next frame fills
    return sequence;
  }

  acknowledge(sequence: number): void {
    this.options.segments.acknowledge(sequence);
    if (this.ackTimer === undefined) this.noteLater();
  }

  /** All ranges ride on the frame that is being made, or as many as there is room for. */
  private noAckWaits(): void {
    this.ackDue = false;
    this.ackTimer?.cancel();
    this.ackTimer = undefined;
  }

  private noteLater(): void {
    if (this.closing || this.ackDue) return;
    this.ackTimer = this.options.clock.after(idleAckMs, () => {
      this.ackTimer = undefined;
      this.ackDue = true;
      this.kick();
    });
  }

  /** While stalled: forgets what is not durable. */
  drop(): void {
    this.queue.clear();
    this.seating.noteGap();
    this.outage.drop();
  }

  /** Writes what is there, if the disk lets it, and ends the segment. */
  async close(): Promise<void> {
    this.ackTimer?.cancel();
    this.syncTimer?.cancel();
    this.ackDue = true;
    // The disk may be well again: it is tried once more, and no longer waited for.
    if (this.outage.isOn) this.prepareAgain();
    this.closing = true;
    this.kick();
    await new Promise<void>((resolve) => this.quiet.push(resolve));
    this.outage.cancel();
    try {
      if (this.queue.isEmpty) await this.writeClose();
    } finally {
      this.queue.clear();
    }
  }

  /** What was there at the start may be gone by now. */
  start(): void {
    this.prepare();
  }

  private prepare(): void {
    const { segments } = this.options;
    const isVain = this.outage.isWaiting || (this.closing && this.outage.isOn);
    if (segments.isPreparing || isVain) return;
    segments.prepare(this.seating.needOf(this.queue.head)).then(
      () => {
        this.outage.prepared();
        this.kick();
      },
      (error: unknown) => {
        this.outage.failed(error);
        this.kick();
      },
    );
  }

  private prepareAgain(): void {
    this.outage.cancel();
    // When nothing waits for it, the next record asks again; but who refuses records lets none come that could.
    if (this.hasWork() || this.outage.hasDropped) this.prepare();
  }

  private kick(): void {
    if (this.scheduled || !this.commits.isIdle) return;
    this.scheduled = true;
    // Those of the same turn come along; nothing waits longer.
    this.options.clock.soon(() => {
      this.scheduled = false;
      this.advance();
    });
  }

  private advance(): void {
    const { commits } = this;
    while ((commits.isIdle || this.shouldOverlap()) && this.seatAll()) this.commit();
    if (commits.isIdle) this.rest();
  }

  /** Little is better off with what comes until the sync that is under way is done. */
  private shouldOverlap(): boolean {
    return this.queue.waitingBytes >= this.eagerBytes >> 1 && this.commits.mayOverlap;
  }

  /** Nothing is under way to the disk. */
  private rest(): void {
    const { segments } = this.options;
    if (segments.isPreparing) return; // what failed before may succeed now
    this.outage.report(!this.queue.isEmpty);
    // More ranges than one frame has room for.
    if (this.ackTimer === undefined && segments.hasPendingAcks) this.noteLater();
    if (this.outage.isOn || !this.hasWork()) for (const done of this.quiet.splice(0)) done();
  }

  private hasWork(): boolean {
    const { segments } = this.options;
    const notes = segments.isRetiring || ((this.ackDue || this.closing) && segments.hasPendingAcks);
    return !this.queue.isEmpty || !this.seating.isEmpty || this.syncDue || notes;
  }

  // Places.

  /** Gives each frame its place that there is one for. False: there is nothing to write. */
  private seatAll(): boolean {
    const { seating } = this;
    const { segments } = this.options;
    if (!this.hasWork()) return false;
    if (segments.current === undefined && !this.beginNext()) return false;
    if (!this.sealing) {
      seating.seatRecords();
      const { head } = this.queue;
      if (head !== undefined) {
        if ((segments.prepared?.bytes ?? 0) >= seating.needOf(head))
          this.sealing = seating.seatNotes(frameKinds.seal);
        else this.prepare();
      }
      // What retires may be what the next segment waits for.
      if (seating.isEmpty && (this.ackDue || this.closing || segments.isRetiring)) {
        seating.seatNotes(frameKinds.data);
      }
    }
    return !seating.isEmpty || (this.syncDue && segments.current !== undefined);
  }

  private beginNext(): boolean {
    const { segments } = this.options;
    if (this.outage.isWaitingToWrite) return false;
    const { prepared, isRetiring } = segments;
    // What retires makes room for a larger one.
    if (prepared === undefined || (prepared.bytes < this.seating.needOf(this.queue.head) && !isRetiring)) {
      this.prepare();
      return false;
    }
    this.seating.beginAt(segments.begin()?.written ?? 0);
    this.outage.began();
    this.prepare(); // the one after it
    return true;
  }

  // The disk.

  private commit(): void {
    const { segments, fsync } = this.options;
    const { sealing: isSealed } = this;
    const segment = segments.current;
    if (segment === undefined) return;
    const { seated, end } = this.seating.take();
    for (const { frame } of seated) this.attempted = Math.max(this.attempted, frame.end);
    const retires = seated.some(({ taken }) => taken.retiring.length > 0);
    const isSynced = fsync === 'always' || this.syncDue || retires || (isSealed && fsync === 'interval');
    if (isSynced) this.syncDue = false;
    else this.syncLater();
    this.commits.begin({ segment, seated, end, isSealed, isSynced });
  }

  private committed({ segment, seated, end, isSealed, isSynced }: Group): void {
    const { segments } = this.options;
    this.outage.wrote();
    segment.readable = end;
    let records = -1;
    for (const { frame, taken } of seated) {
      segment.hold(frame.first, frame.end);
      if (frame.count > 0) records = frame.end;
      segments.noted(taken, segment);
      this.queue.recycle(frame);
    }
    if (isSynced) segment.durableEnd = segment.end;
    if (records >= 0) {
      segments.readableEnd = records;
      this.listener.durable(records);
    }
    if (!isSealed) return;
    this.sealing = false;
    segments.end();
  }

  /**
   * After a failed write or sync nobody knows what is on disk (https://lwn.net/Articles/752063/). Nothing of it that was not synced
   * before counts; its frames go to another segment, whose first frame notes where this one ended.
   */
  private abandon(groups: readonly Group[], error: unknown): void {
    const { segments } = this.options;
    const segment = segments.current;
    if (segment === undefined) return;
    this.seating.lose(groups.flatMap(({ seated }) => seated));
    this.sealing = false;
    this.syncDue = false;
    segment.noteEnd(segment.readable, segment.durable);
    segment.written = segment.readable;
    if (segment.durable < segment.readable) this.resync(segment);
    segments.end();
    if (!this.outage.lapsed(error)) this.prepareAgain();
  }

  /** What was acknowledged without a sync has nobody else to wait for one. */
  private resync(segment: WritableSegment): void {
    segment.busy = resync(segment)
      .catch((error: unknown) => {
        const records = segment.unacknowledged(segment.durableEnd);
        if (records > 0) this.listener.unsynced(records, error);
      })
      .finally(() => (segment.busy = undefined));
  }

  private syncLater(): void {
    if (this.options.fsync !== 'interval' || this.syncTimer !== undefined || this.closing) return;
    this.syncTimer = this.options.clock.after(this.options.fsyncIntervalMs, () => {
      this.syncTimer = undefined;
      this.syncDue = true;
      this.kick();
    });
  }

  /** The last frame: who finds it knows that nothing is missing behind it. */
  private async writeClose(): Promise<void> {
    const segment = this.options.segments.current;
    if (segment === undefined) return;
    await segment.sync();
    segment.durable = segment.written;
    this.seating.beginAt(segment.written);
    this.seating.seatNotes(frameKinds.close);
    const frames = this.seating.take().seated.map(({ bytes }) => bytes);
    const end = await writeAll(segment.file, frames, segment.written);
    await segment.file.truncate(end);
    await segment.sync();
  }
}
