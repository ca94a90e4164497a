import type { SerializedRecord } from '@holdfast/core/stage';
import * as errors from '../../errors.js';
import { copyRecordBytes } from '../../format/copy-record-bytes.js';
import { recordsOf, type FoundFrame } from '../../format/frame.js';
import { FrameSource, type BadRegion } from './frame-source.js';
import type { Segment } from '../segments/segment.js';
import type { Segments } from '../segments/segments.js';

export interface ReadRecord {
  readonly sequence: number;
  readonly record: SerializedRecord;
}

/** The records of one topic, up to `last`, which may move on. */
export interface TopicSpan {
  readonly topic: string;
  readonly last: number;
}

/** Large enough that a spinning disk does not seek for each chunk; two are in memory. */
const chunkBytes = 1024 * 1024;

interface ReadPosition {
  readonly segment: Segment;
  readonly source: FrameSource;
  readonly to: number;
}

/**
 * Reads records back from the segments, in order, from one sequence number on: all of them, or
 * those of a span.
 */
export class BacklogReader {
  private position: ReadPosition | undefined;
  /** Where the last frame that was read ends, in the segment `number`. */
  private offset = 0;
  private number = -1;

  constructor(
    private readonly segments: Segments,
    /** The next record to read. */
    public next: number,
    private readonly onBad: (segment: Segment, region: BadRegion) => void,
    private readonly span?: TopicSpan,
  ) {}

  /**
   * Returns the records of the next frame that are not acknowledged, which may be none; `undefined`
   * when all that can be read has been read. Rejects when the disk fails; the call can be repeated.
   */
  async read(): Promise<ReadRecord[] | undefined> {
    for (;;) {
      this.position ??= this.nextPosition();
      if (this.position === undefined) {
        this.next = Math.max(this.next, this.segments.readableEnd);
        return undefined;
      }
      const { segment, source } = this.position;
      try {
        for (;;) {
          const found = source.next();
          if (found !== undefined && 'kind' in found) return this.take(segment, found);
          if (found !== undefined) this.onBad(segment, found);
          else if (!(await source.load())) break;
        }
      } catch (error) {
        this.position = undefined;
        // The segment was acknowledged to its end and has been removed: nothing was left to read.
        if (this.segments.living.includes(segment)) throw errors.cannotRead(segment.path, error);
      }
      this.offset = Math.max(this.offset, this.position?.to ?? this.offset);
      this.position = undefined;
    }
  }

  async end(): Promise<void> {
    await this.position?.source.end();
  }

  /** Goes back to an earlier record, or ahead to a later one. */
  seek(sequence: number): void {
    if (sequence < this.next) {
      this.position = undefined;
      this.number = -1;
    }
    this.next = sequence;
  }

  private take(segment: Segment, frame: FoundFrame): ReadRecord[] {
    this.offset = frame.offset + frame.bytes;
    const end = Math.min(frame.first + frame.count, (this.span?.last ?? Infinity) + 1);
    if (end <= this.next) return [];
    const records: ReadRecord[] = [];
    if (frame.isBroken) this.onBad(segment, { start: frame.offset, end: this.offset });
    if (this.concerns(frame)) {
      for (const [sequence, record] of recordsOf(frame)) {
        if (sequence < this.next || sequence >= end || segment.isAcknowledged(sequence)) continue;
        if (this.span !== undefined && record.topic !== this.span.topic) continue;
        // The page is overwritten by later reads, and a record that waits for long must not keep
        // all of it in memory.
        copyRecordBytes(record);
        records.push({ sequence, record });
      }
    }
    this.next = end;
    if (end < frame.first + frame.count) this.leaveAt(frame);
    return records;
  }

  private concerns({ notes }: FoundFrame): boolean {
    const { span } = this;
    return span === undefined || notes.topics.some(({ name }) => name === span.topic);
  }

  /** The span ends in this frame for now: the frame is read again when the span has moved on. */
  private leaveAt({ offset }: FoundFrame): void {
    this.offset = offset;
    this.position = undefined;
  }

  private nextPosition(): ReadPosition | undefined {
    for (const segment of this.segments.living) {
      if (segment.number < this.number || segment.end <= this.next) continue;
      const from = segment.number === this.number ? this.offset : segment.headerBytes;
      if (from >= segment.readable) continue;
      this.number = segment.number;
      this.offset = from;
      const source = new FrameSource({
        file: segment.file,
        expected: segment,
        cipher: segment.cipherAt,
        from,
        to: segment.readable,
        chunkBytes,
      });
      return { segment, source, to: segment.readable };
    }
    return undefined;
  }
}
