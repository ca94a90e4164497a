// The offset of each field. docs/journal-format.md explains them; all numbers are little endian.

export const formatVersion = 1;

export const segmentMagic = Buffer.from('HFJOURNL');
export const header = {
  crc: 8,
  bytes: 12,
  version: 16,
  flags: 17,
  number: 20,
  nonce: 24,
  segmentBytes: 28,
  journalId: 32,
  createdAt: 40,
  living: 48,
  rest: 52,
} as const;
export const headerFlags = { encrypted: 1, unsynced: 2 } as const;
export const keyProofBytes = 16;

/** `HFRM`, read as a number. */
export const frameMagic = 0x4d524648;
export const frame = {
  crc: 4,
  bytes: 8,
  offset: 12,
  number: 16,
  nonce: 20,
  durable: 24,
  kind: 28,
  flags: 29,
  first: 32,
  count: 40,
  recordBytes: 44,
  time: 48,
  body: 56,
} as const;
export const frameKinds = { data: 1, seal: 2, close: 3 } as const;
export type FrameKind = (typeof frameKinds)[keyof typeof frameKinds];
export const frameFlags = { followsGap: 1, encrypted: 2 } as const;
/**
 * Follows the last frame of each write, and the next one overwrites it: anything else there was
 * torn, or is damaged.
 */
export const endMark = Buffer.alloc(8);
/** The tag of AES-256-GCM, at the end of an encrypted body. */
export const tagBytes = 16;

/** Rounds up: headers and frames begin and end at multiples of 8. */
export const aligned = (bytes: number): number => Math.ceil(bytes / 8) * 8;

const two32 = 2 ** 32;

/** Writes a whole number below 2^53 as u64. */
export function writeU64(page: Buffer, value: number, at: number): void {
  page.writeUInt32LE(value % two32, at);
  page.writeUInt32LE(Math.floor(value / two32), at + 4);
}

/** Reads a u64. Above 2^53 it is not exact; Holdfast writes no such number. */
export const readU64 = (page: Buffer, at: number): number =>
  page.readUInt32LE(at) + page.readUInt32LE(at + 4) * two32;

/** Identifies one life of one file: files are recycled. */
export interface Epoch {
  readonly number: number;
  readonly nonce: number;
}
