import { crc32c, endOfRecord } from '@holdfast/core/internal';
import { frame, frameMagic, readU64, writeU64 } from '../src/format/layout.js';

/** Returns where the frames of a file begin. */
export function framesOf(bytes: Buffer): number[] {
  const found: number[] = [];
  for (let at = 0; at + 8 <= bytes.length; at += 8) if (bytes.readUInt32LE(at) === frameMagic) found.push(at);
  return found;
}

/** Corrects the CRC as a forger would: over the body first, then the header. */
export function sealAgain(bytes: Buffer, at: number): void {
  const whole = bytes.subarray(at, at + bytes.readUInt32LE(at + frame.bytes));
  const summed = Buffer.concat([whole.subarray(frame.body), whole.subarray(frame.bytes, frame.body)]);
  whole.writeUInt32LE(crc32c(summed), frame.crc);
}

export interface Contents {
  readonly records: Buffer[];
  /** How many records the frame claims. */
  readonly count: number;
  readonly time: number;
}

/**
 * Replaces the content of the first frame of a segment, which may not grow, under a right CRC. With
 * one record less, the first one never existed.
 */
export function rewriteFirstFrame(bytes: Buffer, change: (before: Contents) => Omit<Contents, 'time'>): void {
  const [at = 0] = framesOf(bytes);
  const whole = bytes.subarray(at, at + bytes.readUInt32LE(at + frame.bytes));
  const recordBytes = whole.readUInt32LE(frame.recordBytes);
  const body = whole.subarray(frame.body);
  const before = Buffer.from(body);
  const records: Buffer[] = [];
  for (let from = 0; from < recordBytes; ) {
    const end = endOfRecord(before, from, recordBytes, () => true);
    records.push(before.subarray(from, end));
    from = end;
  }
  const count = whole.readUInt32LE(frame.count);
  const after = change({ records, count, time: whole.readDoubleLE(frame.time) });
  const packed = Buffer.concat(after.records);
  const behind = Buffer.concat([packed, before.subarray(recordBytes)]);
  if (behind.length > body.length + 8) throw new Error('it is longer than before');
  body.fill(0);
  behind.copy(body);
  whole.writeUInt32LE(packed.length, frame.recordBytes);
  whole.writeUInt32LE(after.count, frame.count);
  writeU64(whole, readU64(whole, frame.first) + count - after.count, frame.first);
  sealAgain(bytes, at);
}
