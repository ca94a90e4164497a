import { join } from 'node:path';
import { writeAll } from '@holdfast/core/internal';
import type { DiskFile } from '@holdfast/core/stage';
import { SegmentCipher } from '../../format/encryption.js';
import { endMark } from '../../format/layout.js';
import { encodeHeader } from '../../format/segment-header.js';
import type { DiskSpace, SpareFile } from './disk-space.js';
import type { SegmentsOptions } from './segments-options.js';
import { WritableSegment } from './writable-segment.js';

const zeros = Buffer.alloc(64 * 1024);
const two32 = 2 ** 32;

export const segmentPath = (directory: string, number: number): string =>
  join(directory, `${String(number).padStart(10, '0')}.segment`);

/**
 * The name of a file until it has a segment's header, so that a segment without one is certainly
 * damaged.
 */
export const preparingPath = (directory: string, number: number): string =>
  join(directory, `${String(number).padStart(10, '0')}.preparing`);

/** Where a new segment comes to stand. */
export interface NewSegment {
  readonly number: number;
  readonly path: string;
  /** Numbers of the segments that still hold records, for its header. */
  readonly living: readonly number[];
}

/** Writes a segment's header into a spare file and gives the file its name, durably. */
export async function createSegment(
  { disk, directory, random, key, journalId, clock, fsync }: SegmentsOptions,
  space: DiskSpace,
  spare: SpareFile,
  { number, path, living }: NewSegment,
): Promise<WritableSegment> {
  const { file, bytes } = spare;
  const epoch = { number, nonce: Math.floor(random() * two32) };
  const cipher = key === undefined ? undefined : new SegmentCipher(key, journalId, epoch);
  const header = {
    ...epoch,
    segmentBytes: bytes,
    journalId,
    createdAt: Math.trunc(clock.wallTime()),
    living,
    key: cipher?.mark,
    isUnsynced: fsync === 'never',
  };
  const encoded = encodeHeader(header);
  // Frames of an earlier life that followed the header would look like a torn frame.
  await writeAll(file, [encoded, endMark], 0);
  if (spare.isForeign) await blank(file, encoded.length + endMark.length, bytes);
  await file.sync();
  if (spare.path !== path) await space.rename(spare, path);
  await disk.syncDirectory(directory);
  const cipherAt = (): SegmentCipher | undefined => cipher;
  return new WritableSegment(
    { epoch, path, file, bytes, headerBytes: encoded.length, cipherAt, living },
    header,
    cipher,
  );
}

/**
 * Overwrites a region with zeros. It is not cut off: on a full disk, somebody else could take the
 * space.
 */
async function blank(file: DiskFile, from: number, to: number): Promise<void> {
  for (let at = from; at < to; at += zeros.length) {
    await writeAll(file, [zeros.subarray(0, Math.min(zeros.length, to - at))], at);
  }
}
