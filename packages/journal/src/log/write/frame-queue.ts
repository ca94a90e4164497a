import { encodedRoom, encodeHeaders, giveCrcPage, takeCrcMemory } from '@holdfast/core/internal';
import type { SerializedRecord } from '@holdfast/core/stage';
import { frameOverhead, OpenFrame, TopicIds } from '../../format/open-frame.js';
import { topicRoom } from '../../format/notes.js';

/** Records that wait for a place in a segment, in frames; in order. */
export class FrameQueue {
  nextSequence: number;
  /** Bytes of all frames that were made and not yet recycled. */
  pendingBytes = 0;
  /** Of those that have no place yet. */
  waitingBytes = 0;
  private readonly ids = new TopicIds();
  private open: OpenFrame | undefined;
  private full: OpenFrame[] = [];

  constructor(
    nextSequence: number,
    /** A frame with more is full; one larger record has a frame of its own. */
    private readonly frameBytes: number,
    /** What notes take beside that. */
    private readonly notesBytes: number,
  ) {
    this.nextSequence = nextSequence;
  }

  get isEmpty(): boolean {
    return this.open === undefined && this.full.length === 0;
  }

  /** Sequence number of the first record that waits, or of the next one. */
  get first(): number {
    return (this.full[0] ?? this.open)?.first ?? this.nextSequence;
  }

  /** The first frame; one that is not full only when there is no other. */
  get head(): OpenFrame | undefined {
    return this.full[0] ?? this.open;
  }

  /** Answers with the record's sequence number. Throws `INVALID_RECORD`, and nothing has changed then. */
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

  shift(): void {
    this.waitingBytes -= this.head?.queuedBytes ?? 0;
    if (this.full.length > 0) this.full.shift();
    else this.open = undefined;
  }

  /** They had a place, and lost it. */
  unshift(frames: readonly OpenFrame[]): void {
    this.full.unshift(...frames);
    for (const { queuedBytes } of frames) this.waitingBytes += queuedBytes;
  }

  /** A frame without records, for notes alone. */
  emptyFrame(): OpenFrame {
    return new OpenFrame(Buffer.allocUnsafe(frameOverhead), this.first, this.ids);
  }

  recycle(frame: OpenFrame): void {
    this.pendingBytes -= frame.queuedBytes;
    giveCrcPage(frame.takePage());
  }

  /** Forgets what waits. */
  clear(): void {
    for (const frame of this.full) this.recycle(frame);
    if (this.open !== undefined) this.recycle(this.open);
    this.full = [];
    this.open = undefined;
    this.waitingBytes = 0;
  }

  private newFrame(bytes: number): OpenFrame {
    const need = Math.max(bytes, this.frameBytes) + frameOverhead + this.notesBytes;
    return new OpenFrame(takeCrcMemory(need), this.nextSequence, this.ids);
  }
}
