import { Cursor, encodeRecord, giveCrcPage, initialCrc, updateCrc } from '@holdfast/core/internal';
import type { SerializedRecord } from '@holdfast/core/stage';
import type { SegmentCipher } from './encryption.js';
import { frameCrc } from './frame.js';
import {
  aligned,
  frame,
  frameFlags,
  frameMagic,
  tagBytes,
  writeU64,
  type Epoch,
  type FrameKind,
} from './layout.js';
import { notesRoom, topicRoom, writeNotes, type Notes, type Topic } from './notes.js';

/** The place of a frame, and what is known once it has one. */
export interface FramePlacement {
  readonly epoch: Epoch;
  readonly cipher: SegmentCipher | undefined;
  readonly offset: number;
  /** Up to where its segment is synced so far. */
  readonly durable: number;
  readonly kind: FrameKind;
  readonly followsGap: boolean;
  readonly notes: Omit<Notes, 'topics'>;
}

/** Bytes beside records and notes: header, padding and tag. */
export const frameOverhead = frame.body + 8 + tagBytes;

/** Bytes that are summed up at a time: those written last are still in the processor's cache. */
const sumBytes = 64 * 1024;

/** Numbers topics; an id is never reused. */
export class TopicIds {
  private readonly ids = new Map<string, number>();

  idOf(name: string): number {
    let id = this.ids.get(name);
    if (id === undefined) this.ids.set(name, (id = this.ids.size));
    return id;
  }
}

/**
 * A frame that takes records until it is sealed for its place in a segment. Records are encoded as
 * they come; what depends on the place is written by `seal`, which can be repeated for another
 * place.
 */
export class FrameBuilder {
  count = 0;
  /** Sum of the sizes that were estimated when its records were added. */
  queuedBytes = 0;
  private readonly cursor: Cursor;
  private readonly topics = new Map<string, Topic>();
  private topicBytes = 0;
  private lastTopic: string | undefined;
  private lastId = 0;
  private time = 0;
  /** The CRC of the records up to `summed`. */
  private sum = initialCrc;
  private summed: number = frame.body;
  private sealed: { readonly placement: FramePlacement; readonly bytes: number } | undefined;

  constructor(
    private page: Buffer,
    /** Sequence number of its first record, or of the next one if it has none. */
    readonly first: number,
    private readonly ids: TopicIds,
  ) {
    this.cursor = new Cursor(page, frame.body);
  }

  /** The sequence number after its last record. */
  get end(): number {
    return this.first + this.count;
  }

  /** Returns how many bytes it takes at most when it is sealed with these notes. */
  room(notes: Omit<Notes, 'topics'>): number {
    return this.cursor.at + 8 + tagBytes + this.topicBytes + notesRoom({ ...notes, topics: [] });
  }

  /**
   * Adds a record; `bytes` is its `encodedRoom`. Returns false when the frame would take more than
   * `limit` bytes. Throws `INVALID_RECORD` for a record that cannot be read to its end. The frame
   * is unchanged in both cases.
   */
  add(record: SerializedRecord, headers: Uint8Array | undefined, bytes: number, limit: number): boolean {
    const { topic } = record;
    const isNew = topic !== this.lastTopic && !this.topics.has(topic);
    const more = (isNew ? topicRoom(topic) : 0) + bytes;
    if (this.cursor.at + this.topicBytes + more > limit) return false;
    const id = topic === this.lastTopic ? this.lastId : this.ids.idOf(topic);
    if (this.count === 0) this.time = record.timestamp;
    encodeRecord(this.cursor, record, id, this.time, headers);
    this.lastTopic = topic;
    this.lastId = id;
    if (isNew) {
      this.topics.set(topic, { id, name: topic });
      this.topicBytes += topicRoom(topic);
    }
    if (this.cursor.at - this.summed >= sumBytes) this.sumUp();
    this.count++;
    this.queuedBytes += bytes;
    return true;
  }

  private sumUp(): void {
    this.sum = updateCrc(this.sum, this.page, this.summed, this.cursor.at);
    this.summed = this.cursor.at;
  }

  /**
   * Writes the frame for its place. Returns its bytes, which are valid until it is sealed again.
   */
  seal(placement: FramePlacement): Buffer {
    this.unseal();
    const notes = { ...placement.notes, topics: [...this.topics.values()] };
    const cursor = new Cursor(this.pageFor(notes), this.cursor.at);
    const { page } = cursor;
    writeNotes(cursor, notes);
    const tag = placement.cipher === undefined ? 0 : tagBytes;
    const bytes = aligned(cursor.at + tag);
    page.fill(0, cursor.at, bytes);
    page.writeUInt32LE(frameMagic, 0);
    page.writeUInt32LE(bytes, frame.bytes);
    page.writeUInt32LE(placement.offset, frame.offset);
    page.writeUInt32LE(placement.epoch.number, frame.number);
    page.writeUInt32LE(placement.epoch.nonce, frame.nonce);
    page.writeUInt32LE(placement.durable, frame.durable);
    page[frame.kind] = placement.kind;
    page[frame.flags] =
      (placement.followsGap ? frameFlags.followsGap : 0) |
      (placement.cipher === undefined ? 0 : frameFlags.encrypted);
    page.writeUInt16LE(0, 30);
    writeU64(page, this.first, frame.first);
    page.writeUInt32LE(this.count, frame.count);
    page.writeUInt32LE(this.cursor.at - frame.body, frame.recordBytes);
    page.writeDoubleLE(this.time, frame.time);
    placement.cipher?.encrypt(
      page.subarray(frame.body, bytes - tag),
      page.subarray(bytes - tag, bytes),
      page.subarray(frame.bytes, frame.body),
      placement.offset,
    );
    const whole = page.subarray(0, bytes);
    const crc =
      placement.cipher === undefined
        ? frameCrc(whole, this.sum, this.summed)
        : frameCrc(whole, initialCrc, frame.body);
    page.writeUInt32LE(crc, frame.crc);
    this.sealed = { placement, bytes };
    return whole;
  }

  /** Returns the page, which may be used for another frame from now on. */
  takePage(): Buffer {
    return this.page;
  }

  /** Decrypts what was encrypted in place for one segment: another segment has another key. */
  private unseal(): void {
    if (this.sealed === undefined) return;
    const { placement, bytes } = this.sealed;
    this.sealed = undefined;
    placement.cipher?.decrypt(
      this.page.subarray(frame.body, bytes),
      this.page.subarray(frame.bytes, frame.body),
      placement.offset,
    );
  }

  private pageFor(notes: Notes): Buffer {
    const need = this.cursor.at + notesRoom(notes) + 8 + tagBytes;
    if (need <= this.page.length) return this.page;
    const larger = Buffer.allocUnsafeSlow(need);
    this.page.copy(larger, 0, 0, this.cursor.at);
    giveCrcPage(this.page);
    this.page = larger;
    this.cursor.page = larger;
    return larger;
  }
}
