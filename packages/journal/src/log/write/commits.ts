import { writeAll } from '@holdfast/core/internal';
import type { Clock } from '@holdfast/core/stage';
import { isNoSpace, wasDeleted } from '../../errors.js';
import { endMark } from '../../format/layout.js';
import type { FrameBuilder } from '../../format/frame-builder.js';
import type { TakenNotes } from '../segments/segments.js';
import type { WritableSegment } from '../segments/writable-segment.js';

/** A frame that has its place in a segment. */
export interface PlacedFrame {
  readonly frame: FrameBuilder;
  readonly bytes: Buffer;
  readonly taken: TakenNotes;
  readonly followsGap: boolean;
}

/**
 * Frames that go to the disk together, in one write and one sync; none when only the sync is due.
 */
export interface CommitGroup {
  readonly segment: WritableSegment;
  readonly placed: readonly PlacedFrame[];
  /** Offset where the last frame ends. */
  readonly end: number;
  readonly isSealed: boolean;
  readonly isSynced: boolean;
}

export interface CommitListener {
  /** Called before the sync: the next group can be written meanwhile. */
  written(): void;
  /**
   * Called when a sync that made `bytes` durable, written since the one before, has taken
   * `durationMs`.
   */
  synced(durationMs: number, bytes: number): void;
  /** Called when the group is on disk, and all that was begun before it. */
  committed(group: CommitGroup): void;
  /**
   * Called when the first of the groups failed, so that the others do not count. None of their
   * frames is in use any more.
   */
  failed(groups: readonly CommitGroup[], error: unknown): void;
  /** Called when another group can be begun. */
  ended(): void;
}

interface Commit {
  readonly group: CommitGroup;
  isDone: boolean;
  failure: { readonly error: unknown } | undefined;
}

/**
 * A file system takes longer to sync a place that was never written, because it has to note where
 * on the disk that place is. After a group of less than `zeroedBytes`, zeros are written up to the
 * end of the next stretch, for others to overwrite.
 */
const stretchBytes = 64 * 1024;
const zeroedBytes = 16 * 1024;
/** A group of less is written while Node would request the sync. */
const shortBytes = 256 * 1024;
const zeros = Buffer.alloc(2 * stretchBytes);

/**
 * How often the log checks that its files are still in their directory: syncing a deleted file
 * succeeds.
 */
const presenceMs = 1_000;

/**
 * Groups on their way to the disk, at most two: one is written while the one before it is synced,
 * so that the disk need not wait for Node's event loop. They count in the order in which they were
 * begun, whatever the order of the disk's answers.
 */
export class Commits {
  syncs = 0;
  private readonly underWay: Commit[] = [];
  private isWriting = false;
  private checkedAt = -Infinity;
  /** Written since a sync was last begun. */
  private unsyncedBytes = 0;

  constructor(
    private readonly clock: Clock,
    private readonly listener: CommitListener,
  ) {}

  get isIdle(): boolean {
    return this.underWay.length === 0;
  }

  /** The only group under way is being synced, and its segment goes on. */
  get mayOverlap(): boolean {
    const [first, second] = this.underWay;
    if (first === undefined || second !== undefined) return false;
    return !this.isWriting && !first.isDone && !first.group.isSealed;
  }

  begin(group: CommitGroup): void {
    const commit: Commit = { group, isDone: false, failure: undefined };
    this.underWay.push(commit);
    this.isWriting = true;
    this.run(group).then(
      () => this.end(commit),
      (error: unknown) => {
        commit.failure = { error };
        this.end(commit);
      },
    );
  }

  private async run({ segment, placed, end, isSynced }: CommitGroup): Promise<void> {
    const { file, written, durable } = segment;
    // One call for both is faster, if nothing of an earlier group waits for the sync, and nothing
    // can overlap with it.
    const isShort = placed.length > 0 && end - written < shortBytes;
    const isThrough = isSynced && isShort && durable === written && file.writeThrough !== undefined;
    const throughAt = this.clock.now();
    try {
      if (placed.length > 0) await write(segment, placed, end, isThrough ? 'through' : 'write');
    } finally {
      this.isWriting = false;
    }
    this.unsyncedBytes += end - written;
    if (!isSynced) return;
    const bytes = this.unsyncedBytes;
    this.unsyncedBytes = 0;
    if (isThrough) return this.synced(segment, throughAt, bytes);
    const synced = this.sync(segment, bytes);
    this.listener.written();
    await synced;
  }

  private async sync(segment: WritableSegment, bytes: number): Promise<void> {
    const at = this.clock.now();
    await segment.sync();
    await this.synced(segment, at, bytes);
  }

  private async synced(segment: WritableSegment, at: number, bytes: number): Promise<void> {
    this.syncs++;
    const now = this.clock.now();
    this.listener.synced(now - at, bytes);
    if (now - this.checkedAt > presenceMs) {
      if ((await segment.file.info()).links === 0) throw wasDeleted(segment.path);
      this.checkedAt = now;
    }
  }

  private end(commit: Commit): void {
    commit.isDone = true;
    const { underWay, listener } = this;
    for (let head = underWay[0]; head?.isDone && head.failure === undefined; head = underWay[0]) {
      underWay.shift();
      const { segment, end, isSynced } = head.group;
      if (isSynced) segment.durable = end;
      listener.committed(head.group);
    }
    const failure = underWay[0]?.failure;
    if (failure !== undefined && underWay.every(({ isDone }) => isDone)) {
      const groups = underWay.splice(0).map(({ group }) => group);
      listener.failed(groups, failure.error);
    }
    listener.ended();
  }
}

async function write(
  segment: WritableSegment,
  placed: readonly PlacedFrame[],
  end: number,
  how: 'write' | 'through',
): Promise<void> {
  const { file, written, bytes, zeroedTo } = segment;
  const frames = placed.map(({ bytes }) => bytes);
  const isShort = end - written < zeroedBytes;
  const zeroTo = isShort && end + endMark.length > zeroedTo ? Math.min(bytes, nextStretch(end)) : 0;
  const tail = zeroTo > 0 ? zeros.subarray(0, zeroTo - end) : endMark;
  try {
    await writeAll(file, [...frames, tail], written, how);
  } catch (error) {
    if (tail === endMark || !isNoSpace(error)) throw error;
    await writeAll(file, [...frames, endMark], written, how);
  }
  segment.zeroedTo = Math.max(zeroTo, zeroedTo);
  segment.written = end;
}

const nextStretch = (offset: number): number => (Math.floor(offset / stretchBytes) + 2) * stretchBytes;
