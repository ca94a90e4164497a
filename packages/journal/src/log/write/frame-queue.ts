import { encodedRoom, encodeHeaders, giveCrcPage, RingQueue, takeCrcMemory } from '@holdfast/core/internal';
import type { SerializedRecord } from '@holdfast/core/stage';
import { topicRoom } from '../../format/notes.js';
import { frameOverhead, FrameBuilder, TopicIds } from '../../format/frame-builder.js';

/** Records that wait for a place in a segment, in frames; in order. */
export class FrameQueue {
  nextSequence: number;
  /** Bytes of all frames that were made and not yet recycled. */
  pendingBytes = 0;
  /** Bytes of those that have no place yet. */
  waitingBytes = 0;
  private readonly ids = new TopicIds();
  private open: FrameBuilder | undefined;
  private readonly full = new RingQueue<FrameBuilder>();

  constructor(
    nextSequence: number,
    /** A frame with more is full; one larger record has a frame of its own. */
    private readonly frameBytes: number,
    /** Bytes that notes take beside that. */
    private readonly notesBytes: number,
  ) {
    this.nextSequence = nextSequence;
  }

  get isEmpty(): boolean {
    return this.first === undefined;
  }

  /** The first frame; one that is not full only when there is no other. */
  get first(): FrameBuilder | undefined {
    return this.full.first ?? this.open;
  }

  /** Returns the record's sequence number. When it throws `INVALID_RECORD`, nothing has changed. */
  add(record: SerializedRecord): number {
    const headers = record.hasHeaders ? encodeHeaders(record.headers) : undefined;
    const bytes = encodedRoom(record, headers);
    if (!this.open?.add(record, headers, bytes, this.frameBytes)) this.addToNew(record, headers, bytes);
    this.pendingBytes += bytes;
    this.waitingBytes += bytes;
    return this.nextSequence++;
  }

  private addToNew(record: SerializedRecord, headers: Uint8Array | undefined, bytes: number): void {
    const frame = this.newFrame(bytes + topicRoom(record.topic));
    try {
      frame.add(record, headers, bytes, Infinity);
    } catch (error) {
      giveCrcPage(frame.takePage());
      throw error;
    }
    if (this.open !== undefined) this.full.push(this.open);
    this.open = frame;
  }

  /** Removes the first frame: it has a place. */
  shift(): void {
    this.waitingBytes -= this.first?.queuedBytes ?? 0;
    if (this.full.length > 0) this.full.shift();
    else this.open = undefined;
  }

  /** Puts frames back in front that had a place and lost it. */
  unshift(frames: readonly FrameBuilder[]): void {
    for (const frame of frames.toReversed()) {
      this.full.unshift(frame);
      this.waitingBytes += frame.queuedBytes;
    }
  }

  /** Makes a frame without records, for notes alone. */
  emptyFrame(): FrameBuilder {
    const sequence = this.first?.first ?? this.nextSequence;
    return new FrameBuilder(Buffer.allocUnsafe(frameOverhead), sequence, this.ids);
  }

  recycle(frame: FrameBuilder): void {
    this.pendingBytes -= frame.queuedBytes;
    giveCrcPage(frame.takePage());
  }

  /** Forgets what waits. */
  clear(): void {
    for (const frame of this.full.takeAll()) this.recycle(frame);
    if (this.open !== undefined) this.recycle(this.open);
    this.open = undefined;
    this.waitingBytes = 0;
  }

  private newFrame(bytes: number): FrameBuilder {
    const need = Math.max(bytes, this.frameBytes) + frameOverhead + this.notesBytes;
    return new FrameBuilder(takeCrcMemory(need), this.nextSequence, this.ids);
  }
}
