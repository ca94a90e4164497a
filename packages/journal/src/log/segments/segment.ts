import type { DiskFile } from '@holdfast/core/stage';
import type { SegmentEnd } from '../../format/notes.js';
import { AckMap } from './ack-map.js';
import type { CipherAt } from './segment-file.js';

export interface SegmentOptions {
  /** The nonce is `undefined` when a damaged header does not tell it. */
  readonly epoch: { readonly number: number; readonly nonce: number | undefined };
  readonly path: string;
  readonly file: DiskFile;
  /** Size of the file. */
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
  /** Sequence numbers of its records, `end` excluded; a damaged segment may have gaps. */
  first = -1;
  end = -1;
  /** Records that are not acknowledged. */
  live = 0;
  /** Offsets where frames end: handed to the disk, synced, and ready to be read. */
  written: number;
  durable: number;
  readable: number;
  /** Segments with notes of acknowledged ranges of this one's records. */
  readonly rangesIn = new Set<Segment>();
  /**
   * Not all of its file could be read: the file goes to the quarantine when the segment is no
   * longer needed.
   */
  isKept = false;
  /**
   * Settles when its file is no longer written to, although nothing is appended: before that, the
   * file must not be recycled.
   */
  busy: Promise<void> | undefined;
  /** Where reading it ends, when no seal tells that. */
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

  /**
   * Notes that the records from `first` up to `end` were added; a gap before them has nothing to
   * acknowledge.
   */
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

  /** Returns false when it was acknowledged before. */
  acknowledge(sequence: number): boolean {
    if (!this.acks?.set(sequence)) return false;
    this.live--;
    return true;
  }

  /**
   * Sequence number of the first record that is not acknowledged; `undefined` when there is none.
   */
  get firstLive(): number | undefined {
    return this.live > 0 ? this.acks?.firstUnset : undefined;
  }

  /**
   * Bytes of its file for records that are not acknowledged: in proportion, as if all had the same
   * size.
   */
  get liveBytes(): number {
    return this.live > 0 ? ((this.readable - this.headerBytes) * this.live) / (this.end - this.first) : 0;
  }

  acknowledgeAll(): void {
    for (let sequence = this.first; sequence < this.end; sequence++) this.acknowledge(sequence);
  }

  /** Returns how many records are not acknowledged, from that sequence number on. */
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
