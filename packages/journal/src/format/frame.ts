import { Cursor, decodeRecord, finalCrc, initialCrc, updateCrc } from '@holdfast/core/internal';
import type { SerializedRecord } from '@holdfast/core/stage';
import type { SegmentCipher } from './encryption.js';
import {
  frame,
  frameFlags,
  frameKinds,
  frameMagic,
  readU64,
  tagBytes,
  type Epoch,
  type FrameKind,
} from './layout.js';
import { readNotes, type Notes } from './notes.js';
import { areRecords, salvage, type RecordPlace } from './salvage.js';

/** A whole frame, found in `page`. */
export interface FoundFrame {
  /** Of the frame in its file. */
  readonly offset: number;
  readonly bytes: number;
  readonly kind: FrameKind;
  readonly followsGap: boolean;
  readonly durable: number;
  /** Sequence number of the first record. */
  readonly first: number;
  readonly count: number;
  readonly notes: Notes;
  /** The records' bytes: a view that is valid until the page is overwritten. */
  readonly records: Buffer;
  /** Base of the timestamps. */
  readonly time: number;
  /**
   * The CRC is right, but these are not `count` records: {@link recordsOf} returns those that can
   * be read.
   */
  readonly isBroken: boolean;
}

/** A frame is not smaller than this. */
export const leastFrameBytes = frame.body;

/**
 * What a reader expects from the file's header or name. A nonce that is unknown is not compared.
 */
export interface Expected {
  readonly number: number;
  readonly nonce: number | undefined;
}

/**
 * Returns the size of the frame that claims to begin at `at` of the page, `offset` of the file; 0
 * when none does. It is not checked yet.
 */
export function claimedBytes(page: Buffer, at: number, offset: number, expected: Expected): number {
  if (at + frame.body > page.length || page.readUInt32LE(at) !== frameMagic) return 0;
  if (page.readUInt32LE(at + frame.offset) !== offset) return 0;
  if (page.readUInt32LE(at + frame.number) !== expected.number) return 0;
  if (expected.nonce !== undefined && page.readUInt32LE(at + frame.nonce) !== expected.nonce) return 0;
  const bytes = page.readUInt32LE(at + frame.bytes);
  return bytes >= leastFrameBytes && bytes % 8 === 0 ? bytes : 0;
}

export const isEncryptedAt = (page: Buffer, at: number): boolean =>
  ((page[at + frame.flags] ?? 0) & frameFlags.encrypted) > 0;

export const epochAt = (page: Buffer, at: number): Epoch => ({
  number: page.readUInt32LE(at + frame.number),
  nonce: page.readUInt32LE(at + frame.nonce),
});

/**
 * Reads the frame of `bytes` at `at`, all of which are in the page. Returns `undefined` when it is
 * damaged or was tampered with.
 */
export function readFrame(
  page: Buffer,
  at: number,
  bytes: number,
  cipher: SegmentCipher | undefined,
): FoundFrame | undefined {
  const whole = page.subarray(at, at + bytes);
  if (frameCrc(whole, initialCrc, frame.body) !== whole.readUInt32LE(frame.crc)) return undefined;
  const offset = whole.readUInt32LE(frame.offset);
  const kind = kindOf(whole[frame.kind] ?? 0);
  if (kind === undefined) return undefined;
  const flags = whole[frame.flags] ?? 0;
  let body = whole.subarray(frame.body);
  if ((flags & frameFlags.encrypted) > 0) {
    if (cipher === undefined || body.length < tagBytes) return undefined;
    if (!cipher.decrypt(body, whole.subarray(frame.bytes, frame.body), offset)) return undefined;
    body = body.subarray(0, body.length - tagBytes);
  }
  const recordBytes = whole.readUInt32LE(frame.recordBytes);
  const count = whole.readUInt32LE(frame.count);
  if (recordBytes > body.length || count > recordBytes) return undefined;
  const cursor = new Cursor(body, recordBytes);
  const notes = readNotes(cursor);
  if (cursor.at > body.length) return undefined;
  const records = body.subarray(0, recordBytes);
  return {
    offset,
    bytes,
    kind,
    followsGap: (flags & frameFlags.followsGap) > 0,
    durable: whole.readUInt32LE(frame.durable),
    first: readU64(whole, frame.first),
    count,
    notes,
    records,
    time: whole.readDoubleLE(frame.time),
    isBroken: !areRecords(records, count, topicsOf(notes)),
  };
}

/**
 * Returns the CRC of a whole frame; `sum` covers its body up to `from`. The header comes last, so
 * that a body can be summed up while it is written and still in the processor's cache.
 */
export const frameCrc = (whole: Uint8Array, sum: number, from: number): number =>
  finalCrc(updateCrc(updateCrc(sum, whole, from, whole.length), whole, frame.bytes, frame.body));

/**
 * Returns what a frame of that kind says about its segment when it is the last one; `undefined`:
 * more should follow.
 */
export const endOf = (kind: FrameKind): 'sealed' | 'closed' | undefined =>
  kind === frameKinds.seal ? 'sealed' : kind === frameKinds.close ? 'closed' : undefined;

const kindOf = (value: number): FrameKind | undefined =>
  Object.values(frameKinds).find((kind) => kind === value);

/** Returns a function that checks whether an id is that of a topic in the notes. */
function topicsOf({ topics }: Notes): (id: number) => boolean {
  const ids = new Set(topics.map(({ id }) => id));
  return (id) => ids.has(id);
}

/**
 * Yields the records of a frame with their sequence numbers; of a broken frame, those that can be
 * read. Their bytes are views into the page.
 */
export function* recordsOf(found: FoundFrame): Generator<readonly [sequence: number, SerializedRecord]> {
  const names = new Map(found.notes.topics.map(({ id, name }) => [id, name]));
  const topicOf = (id: number): string => names.get(id) ?? '';
  const cursor = new Cursor(found.records, 0);
  if (found.isBroken) {
    for (const { at, index } of readable(found)) {
      cursor.at = at;
      yield [found.first + index, decodeRecord(cursor, found.time, topicOf)];
    }
    return;
  }
  for (let i = 0; i < found.count; i++) {
    yield [found.first + i, decodeRecord(cursor, found.time, topicOf)];
  }
}

/** Returns the sequence numbers of the records that {@link recordsOf} cannot read. */
export function unreadableOf(found: FoundFrame): readonly number[] {
  if (!found.isBroken) return [];
  const indexes = new Set(readable(found).map(({ index }) => index));
  const all = Array.from({ length: found.count }, (_, i) => i);
  return all.filter((i) => !indexes.has(i)).map((i) => found.first + i);
}

const readable = ({ records, count, notes }: FoundFrame): readonly RecordPlace[] =>
  salvage(records, count, topicsOf(notes));
