import { crc32c } from '@holdfast/core/internal';
import {
  aligned,
  formatVersion,
  header,
  headerFlags,
  keyProofBytes,
  readU64,
  segmentMagic,
  writeU64,
  type Epoch,
} from './layout.js';

/**
 * Which key a segment is encrypted with, and the proof that a key given under that id is the right
 * one.
 */
export interface KeyMark {
  readonly id: string;
  readonly proof: Uint8Array;
}

export interface SegmentHeader extends Epoch {
  /** Of this header in the file. */
  readonly bytes: number;
  readonly segmentBytes: number;
  readonly journalId: number;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** Numbers of the older segments that were needed when this one was made. */
  readonly living: readonly number[];
  readonly key: KeyMark | undefined;
  /** With `fsync: 'never'`: what follows the segment may be durable before it is. */
  readonly isUnsynced: boolean;
}

export function encodeHeader(of: Omit<SegmentHeader, 'bytes'>): Buffer {
  const id = Buffer.from(of.key?.id ?? '');
  const keyBytes = of.key === undefined ? 0 : 1 + id.length + keyProofBytes;
  const page = Buffer.alloc(aligned(header.rest + 4 * of.living.length + keyBytes));
  segmentMagic.copy(page);
  page.writeUInt32LE(page.length, header.bytes);
  page[header.version] = formatVersion;
  page[header.flags] =
    (of.key === undefined ? 0 : headerFlags.encrypted) | (of.isUnsynced ? headerFlags.unsynced : 0);
  page.writeUInt32LE(of.number, header.number);
  page.writeUInt32LE(of.nonce, header.nonce);
  page.writeUInt32LE(of.segmentBytes, header.segmentBytes);
  writeU64(page, of.journalId, header.journalId);
  writeU64(page, of.createdAt, header.createdAt);
  page.writeUInt32LE(of.living.length, header.living);
  let at: number = header.rest;
  for (const number of of.living) at = page.writeUInt32LE(number, at);
  if (of.key !== undefined) {
    at = page.writeUInt8(id.length, at);
    at += id.copy(page, at);
    page.set(of.key.proof, at);
  }
  page.writeUInt32LE(crc32c(page, header.bytes), header.crc);
  return page;
}

/**
 * `unknownVersion`: whole, but written by a later Holdfast. `damaged`: anything else that is not a
 * header.
 */
export type HeaderFound = SegmentHeader | 'damaged' | { readonly unknownVersion: number };

export function decodeHeader(page: Buffer): HeaderFound {
  if (page.length < header.rest || !page.subarray(0, segmentMagic.length).equals(segmentMagic)) {
    return 'damaged';
  }
  const bytes = page.readUInt32LE(header.bytes);
  if (bytes > page.length || bytes < header.rest || bytes % 8 !== 0) return 'damaged';
  if (crc32c(page, header.bytes, bytes) !== page.readUInt32LE(header.crc)) return 'damaged';
  const version = page[header.version] ?? 0;
  if (version !== formatVersion) return { unknownVersion: version };
  const count = page.readUInt32LE(header.living);
  let at = header.rest + 4 * count;
  if (at > bytes) return 'damaged';
  const living = Array.from({ length: count }, (_, i) => page.readUInt32LE(header.rest + 4 * i));
  const flags = page[header.flags] ?? 0;
  let key: KeyMark | undefined;
  if ((flags & headerFlags.encrypted) > 0) {
    const length = page[at++] ?? 0;
    if (at + length + keyProofBytes > bytes) return 'damaged';
    const id = page.toString('utf8', at, at + length);
    key = { id, proof: Buffer.from(page.subarray(at + length, at + length + keyProofBytes)) };
  }
  return {
    bytes,
    number: page.readUInt32LE(header.number),
    nonce: page.readUInt32LE(header.nonce),
    segmentBytes: page.readUInt32LE(header.segmentBytes),
    journalId: readU64(page, header.journalId),
    createdAt: readU64(page, header.createdAt),
    living,
    key,
    isUnsynced: (flags & headerFlags.unsynced) > 0,
  };
}
