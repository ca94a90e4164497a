import type { DiskFile } from '@holdfast/core/stage';
import type { SegmentEnd } from '../../format/notes.js';
import { AckMap } from './ack-map.js';
import type { CipherAt } from './segment-file.js';

export interface SegmentOptions {
  /** A nonce that a damaged header did not tell is `undefined`. */
  readonly epoch: { readonly number: number; readonly nonce: number | undefined };
  readonly path: string;
  readonly file: DiskFile;
  /** Of the file. */
  readonly bytes: number;
  readonly headerBytes: number;
  readonly cipherAt: CipherAt;
  /** The older segments that its header names. */
  readonly living: readonly number[];
}

/** A segment file, and how much of it is still needed. */
export class Segment {
  readonly number: number;
  readonly nonce: number | undefined;
  readonly path: string;
  readonly file: DiskFile;
  bytes: number;
  readonly headerBytes: number;
  readonly cipherAt: CipherAt;
  readonly living: readonly number[];
  /** Sequence numbers of its records, `end` excluded; there may be gaps in one that was damaged. */
  first = -1;
  end = -1;
  /** Records that are not acknowledged. */
  live = 0;
  /** Offsets where frames end: handed to the disk, synced, and fit to be read. */
  written: number;
  durable: number;
  readable: number;
  /** Segments that hold acknowledged ranges of this one's records. */
  readonly rangesIn = new Set<Segment>();
  /** Not all of its file could be read: that goes to the quarantine when the segment is not needed any more. */
  isKept = false;
  /** Settles when nobody writes to its file any more, though nothing is appended: before that, it must not become another segment's. */
  busy: Promise<void> | undefined;
  /** Where it is to be read to, when no seal says it. */
  ending: SegmentEnd | undefined;
  private acks: AckMap | undefined;

  constructor({ epoch, path, file, bytes, headerBytes, cipherAt, living }: SegmentOptions) {
    this.number = epoch.number;
    this.nonce = epoch.nonce;
    this.path = path;
    this.file = file;
    this.bytes = bytes;
    this.headerBytes = headerBytes;
    this.cipherAt = cipherAt;
    this.living = living;
    this.written = this.durable = this.readable = headerBytes;
  }

  noteEnd(offset: number, durable: number): void {
    this.ending = { number: this.number, offset, durable };
  }

  /** Records `first` up to `end` were added to it; a gap before them has nothing to acknowledge. */
  hold(first: number, end: number): void {
    if (end === first) return;
    this.acks ??= new AckMap(first);
    if (this.first < 0) this.first = first;
    else for (let gap = this.end; gap < first; gap++) this.acks.set(gap);
    this.end = end;
    this.live += end - first;
  }

  holds(sequence: number): boolean {
    return sequence >= this.first && sequence < this.end;
  }

  isAcknowledged(sequence: number): boolean {
    return this.acks?.has(sequence) ?? false;
  }

  /** False when it was acknowledged before. */
  acknowledge(sequence: number): boolean {
    if (!this.acks?.set(sequence)) return false;
    this.live--;
    return true;
  }

  /** Sequence number of the first record that is not acknowledged; `undefined`: there is none. */
  get firstLive(): number | undefined {
    return this.live > 0 ? this.acks?.firstUnset : undefined;
  }

  /** Of its file, for records that are not acknowledged: in proportion, as if all had the same size. */
  get liveBytes(): number {
    return this.live > 0 ? ((this.readable - this.headerBytes) * this.live) / (this.end - this.first) : 0;
  }

  acknowledgeAll(): void {
    for (let sequence = this.first; sequence < this.end; sequence++) this.acknowledge(sequence);
  }

  /** How many records are not acknowledged, from that sequence number on. */
  unacknowledged(from: number): number {
    let count = 0;
    for (let sequence = Math.max(from, this.first); sequence < this.end; sequence++) {
      if (!this.isAcknowledged(sequence)) count++;
    }
    return count;
  }

  acknowledgedRanges(): { readonly start: number; readonly end: number }[] {
    return this.acks?.ranges(this.end) ?? [];
  }
}
