import { DeferredTask, writeAll } from '@holdfast/core/internal';
import type { Clock, SerializedRecord, Timer } from '@holdfast/core/stage';
import { frameKinds } from '../../format/layout.js';
import type { Segments } from '../segments/segments.js';
import type { WritableSegment } from '../segments/writable-segment.js';
import { Commits, type CommitGroup } from './commits.js';
import { DiskOutage } from './disk-outage.js';
import { FramePlacer, reserveOf, roomOf } from './frame-placer.js';
import { FrameQueue } from './frame-queue.js';
import { resync } from './resync.js';

export interface LogOptions {
  readonly clock: Clock;
  readonly segments: Segments;
  readonly segmentBytes: number;
  readonly fsync: 'always' | 'interval' | 'never';
  readonly fsyncIntervalMs: number;
  readonly nextSequence: number;
}

/** Who appends records to the log. */
export interface LogListener {
  /** Called when all records before the sequence number `end` may be acknowledged. */
  durable(end: number): void;
  /**
   * Called when records wait and the disk does not take them: `error` is the reason. The log tries
   * again until `resumed`. A listener that drops the records is called again for later ones;
   * `isNew` is false then.
   */
  stalled(error: unknown, isNew: boolean): void;
  resumed(): void;
}

/** Who reports what the disk does. */
export interface SyncMonitor {
  /** Called when a sync that made `bytes` durable has taken `durationMs`. */
  synced(durationMs: number, bytes: number): void;
  /**
   * Called when `records` that may have been acknowledged could be neither synced nor written
   * again.
   */
  unsynced(records: number, error: unknown): void;
}

const nobody: LogListener = { durable: () => undefined, stalled: () => undefined, resumed: () => undefined };

const mebi = 1024 * 1024;
/** Each frame costs one checksum and one copy; larger ones gain nothing. */
const largestFrameBytes = mebi;
/** Bytes of frames that may wait for the disk before there is no room for more records. */
const mostPendingBytes = 4 * mebi;
/** Acknowledged ranges that no record comes to carry are written after this time. */
const idleAckMs = 50;

/**
 * Group commit: what comes during one sync goes out with the next, all of it in one write and one
 * sync. Records get their sequence numbers here, acknowledged ranges ride on the frames that leave
 * anyway, and after a failure the log goes on in another segment.
 */
export class Log {
  /**
   * Records before this sequence number may be on the disk, even when their write or sync failed.
   */
  attempted = 0;
  private readonly queue: FrameQueue;
  private readonly placer: FramePlacer;
  /**
   * With this much waiting, the log does not wait for what else the same turn of the event loop may
   * bring.
   */
  private readonly eagerBytes: number;
  private sealing = false;
  private readonly commits: Commits;
  private readonly outage: DiskOutage;
  /** Records of the same turn come along; nothing waits longer. */
  private readonly nextTurn: DeferredTask;
  private ackTimer: Timer | undefined;
  private ackDue = false;
  private syncTimer: Timer | undefined;
  private syncDue = false;
  private closing = false;
  /** Called when nothing is under way to the disk. */
  private idleCallbacks: (() => void)[] = [];
  private listener = nobody;

  constructor(
    private readonly options: LogOptions,
    private readonly monitor: SyncMonitor,
  ) {
    const { clock, segmentBytes, nextSequence, segments } = options;
    const frameBytes = Math.min(largestFrameBytes, roomOf(segmentBytes) >> 1);
    this.eagerBytes = frameBytes >> 1;
    this.queue = new FrameQueue(nextSequence, frameBytes, reserveOf(segmentBytes));
    this.placer = new FramePlacer(this.queue, segments, segmentBytes);
    this.nextTurn = new DeferredTask(clock, () => this.advance());
    this.commits = new Commits(clock, {
      written: () => this.advance(),
      synced: (durationMs, bytes) => monitor.synced(durationMs, bytes),
      committed: (group) => this.committed(group),
      failed: (groups, error) => this.abandon(groups, error),
      ended: () => this.advance(),
    });
    this.outage = new DiskOutage(clock, () => this.prepareAgain());
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

  /** Bytes of the records that are not durable yet. */
  get pendingBytes(): number {
    return this.queue.pendingBytes;
  }

  /** Prepares the first segment. To be called once, before anything else. */
  start(listener: LogListener = nobody): void {
    this.listener = listener;
    this.prepare();
  }

  /**
   * Returns the record's sequence number. Throws `INVALID_RECORD` for one that cannot be written;
   * no other is affected.
   */
  append(record: SerializedRecord): number {
    const sequence = this.queue.add(record);
    // A stall is reported in another turn: by then the caller knows this sequence number.
    if (this.outage.isOn || this.queue.waitingBytes < this.eagerBytes) this.wake();
    else this.advance(); // the disk works while the next frame fills
    return sequence;
  }

  acknowledge(sequence: number): void {
    this.options.segments.acknowledge(sequence);
    if (this.ackTimer === undefined) this.noteLater();
  }

  private noteLater(): void {
    if (this.closing || this.ackDue) return;
    this.ackTimer = this.options.clock.after(idleAckMs, () => {
      this.ackTimer = undefined;
      this.ackDue = true;
      this.wake();
    });
  }

  /**
   * The frame that is being placed takes all acknowledged ranges along, or as many as it has room
   * for.
   */
  private acksTaken(): void {
    this.ackDue = false;
    this.ackTimer?.cancel();
    this.ackTimer = undefined;
  }

  /** Forgets what is not durable, while the log is stalled. */
  drop(): void {
    this.queue.clear();
    this.placer.noteGap();
    this.outage.drop();
  }

  /** Writes what is there, if the disk takes it, and ends the segment. */
  async close(): Promise<void> {
    this.ackTimer?.cancel();
    this.syncTimer?.cancel();
    this.ackDue = true;
    // The disk may work again: it is tried once more, without waiting.
    if (this.outage.isOn) this.prepareAgain();
    this.closing = true;
    this.wake();
    await new Promise<void>((resolve) => this.idleCallbacks.push(resolve));
    this.outage.cancel();
    try {
      if (this.queue.isEmpty) await this.writeClose();
    } finally {
      this.queue.clear();
    }
  }

  private prepare(): void {
    const { segments } = this.options;
    const isFutile = this.outage.isWaiting || (this.closing && this.outage.isOn);
    if (segments.isPreparing || isFutile) return;
    segments.prepare(this.placer.bytesFor(this.queue.first)).then(
      () => {
        this.outage.prepared();
        this.wake();
      },
      (error: unknown) => {
        this.outage.failed(error);
        this.wake();
      },
    );
  }

  private prepareAgain(): void {
    this.outage.cancel();
    // When no record waits, the next one asks again. But once records were dropped, none may come
    // before it works again.
    if (this.hasWork() || this.outage.hasDropped) this.prepare();
  }

  private wake(): void {
    if (this.commits.isIdle) this.nextTurn.schedule();
  }

  private advance(): void {
    const { commits } = this;
    while ((commits.isIdle || this.shouldOverlap()) && this.place()) this.commit();
    if (commits.isIdle) this.rest();
  }

  /** Few records are better off with those that come until the sync under way has ended. */
  private shouldOverlap(): boolean {
    return this.queue.waitingBytes >= this.eagerBytes >> 1 && this.commits.mayOverlap;
  }

  /** Nothing is under way to the disk. */
  private rest(): void {
    const { segments } = this.options;
    if (segments.isPreparing) return; // what failed before may succeed now
    this.reportOutage();
    // There were more ranges than one frame has room for.
    if (this.ackTimer === undefined && segments.hasPendingAcks) this.noteLater();
    if (this.outage.isOn || !this.hasWork()) for (const resolve of this.idleCallbacks.splice(0)) resolve();
  }

  private reportOutage(): void {
    const change = this.outage.update(!this.queue.isEmpty);
    if (change === 'resumed') this.listener.resumed();
    else if (change !== undefined) this.listener.stalled(this.outage.stalledBy, change === 'stalled');
  }

  private hasWork(): boolean {
    const { segments } = this.options;
    const notes = segments.isRetiring || ((this.ackDue || this.closing) && segments.hasPendingAcks);
    return !this.queue.isEmpty || !this.placer.isEmpty || this.syncDue || notes;
  }

  // Places in segments.

  /** Gives a place to each frame that fits. Returns false when there is nothing to write. */
  private place(): boolean {
    const { placer } = this;
    const { segments } = this.options;
    if (!this.hasWork()) return false;
    if (segments.current === undefined && !this.beginNext()) return false;
    if (!this.sealing) {
      if (this.queue.first !== undefined) this.acksTaken();
      placer.placeRecords();
      const { first } = this.queue;
      if (first !== undefined) {
        if ((segments.prepared?.bytes ?? 0) >= placer.bytesFor(first)) {
          this.sealing = placer.placeNotes(frameKinds.seal);
        } else this.prepare();
      }
      // A segment that retires may be the space that the next one waits for.
      if (placer.isEmpty && (this.ackDue || this.closing || segments.isRetiring)) {
        this.acksTaken();
        placer.placeNotes(frameKinds.data);
      }
    }
    return !placer.isEmpty || (this.syncDue && segments.current !== undefined);
  }

  private beginNext(): boolean {
    const { segments } = this.options;
    if (this.outage.isWaitingToWrite) return false;
    const { prepared, isRetiring } = segments;
    // What retires makes room for a larger one.
    if (prepared === undefined || (prepared.bytes < this.placer.bytesFor(this.queue.first) && !isRetiring)) {
      this.prepare();
      return false;
    }
    this.placer.beginAt(segments.begin()?.written ?? 0);
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
    const { placed, end } = this.placer.take();
    for (const { frame } of placed) this.attempted = Math.max(this.attempted, frame.end);
    const retires = placed.some(({ taken }) => taken.retiring.length > 0);
    const isSynced = fsync === 'always' || this.syncDue || retires || (isSealed && fsync === 'interval');
    if (isSynced) this.syncDue = false;
    else this.syncLater();
    this.commits.begin({ segment, placed, end, isSealed, isSynced });
  }

  private committed({ segment, placed, end, isSealed, isSynced }: CommitGroup): void {
    const { segments } = this.options;
    this.outage.wrote();
    segment.readable = end;
    let records = -1;
    for (const { frame, taken } of placed) {
      segment.hold(frame.first, frame.end);
      if (frame.count > 0) records = frame.end;
      for (const release of segments.noted(taken, segment)) void release.then(() => this.spaceFreed());
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

  /** A segment that was not needed any more has been released. */
  private spaceFreed(): void {
    if (this.outage.isOn) this.prepareAgain();
    this.wake();
  }

  /**
   * After a failed write or sync, what is on disk is unknown (https://lwn.net/Articles/752063/).
   * Only what was synced before counts. The frames go to another segment, whose first frame notes
   * where this one ended.
   */
  private abandon(groups: readonly CommitGroup[], error: unknown): void {
    const { segments } = this.options;
    const segment = segments.current;
    if (segment === undefined) return;
    this.placer.lose(groups.flatMap(({ placed }) => placed));
    this.sealing = false;
    this.syncDue = false;
    segment.noteEnd(segment.readable, segment.durable);
    segment.written = segment.readable;
    if (segment.durable < segment.readable) this.resync(segment);
    segments.end();
    if (!this.outage.writeFailed(error)) this.prepareAgain();
  }

  /** Makes durable what was acknowledged without a sync: nothing else will. */
  private resync(segment: WritableSegment): void {
    segment.busy = resync(segment)
      .catch((error: unknown) => {
        const records = segment.unacknowledged(segment.durableEnd);
        if (records > 0) this.monitor.unsynced(records, error);
      })
      .finally(() => (segment.busy = undefined));
  }

  private syncLater(): void {
    if (this.options.fsync !== 'interval' || this.syncTimer !== undefined || this.closing) return;
    this.syncTimer = this.options.clock.after(this.options.fsyncIntervalMs, () => {
      this.syncTimer = undefined;
      this.syncDue = true;
      this.wake();
    });
  }

  /** Writes the last frame: it proves that nothing is missing after it. */
  private async writeClose(): Promise<void> {
    const segment = this.options.segments.current;
    if (segment === undefined) return;
    await segment.sync();
    segment.durable = segment.written;
    this.placer.beginAt(segment.written);
    this.placer.placeNotes(frameKinds.close);
    const frames = this.placer.take().placed.map(({ bytes }) => bytes);
    const end = await writeAll(segment.file, frames, segment.written);
    await segment.file.truncate(end);
    await segment.sync();
  }
}
