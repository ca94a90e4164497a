/**
 * Codecs that store records as they are, in frames that every reader of their format understands.
 * These tests are about the way through the batch, and the real codecs have native parts.
 */

/** 64 KiB, which each of the formats allows for a block. */
const pieceBytes = 64 * 1024;

interface Stored {
  readonly compress: (encoder: { readonly buffer: Buffer }) => Promise<Buffer>;
  readonly decompress: (stored: Buffer) => Promise<Buffer>;
}

const piecesOf = (bytes: Buffer): Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / pieceBytes) }, (_, index) =>
    bytes.subarray(index * pieceBytes, (index + 1) * pieceBytes),
  );

const number = (value: number, bytes: number): Buffer => {
  const buffer = Buffer.alloc(bytes);
  buffer.writeUIntLE(value, 0, bytes);
  return buffer;
};

function uvarint(value: number): Buffer {
  const bytes: number[] = [];
  let left = value;
  for (; left >= 128; left = Math.floor(left / 128)) bytes.push(left % 128 | 128);
  return Buffer.from([...bytes, left]);
}

const storing = (
  store: (bytes: Buffer) => Buffer[],
  restore: (stored: Buffer) => Buffer[],
): (() => Stored) => {
  const codec: Stored = {
    compress: ({ buffer }) => Promise.resolve(Buffer.concat(store(buffer))),
    decompress: (stored) => Promise.resolve(Buffer.concat(restore(stored))),
  };
  return () => codec;
};

/**
 * Collects blocks one after the other. `next` returns where one begins and how long it is,
 * `undefined` at the end.
 */
function takePieces(
  stored: Buffer,
  from: number,
  next: (at: number) => readonly [from: number, length: number] | undefined,
): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = from; at < stored.length; ) {
    const piece = next(at);
    if (piece === undefined) break;
    pieces.push(stored.subarray(piece[0], piece[0] + piece[1]));
    at = piece[0] + piece[1];
  }
  return pieces;
}

/**
 * https://github.com/google/snappy/blob/main/format_description.txt: literals with a length of two
 * bytes.
 */
export const storedSnappy = storing(
  (bytes) => [
    uvarint(bytes.length),
    ...piecesOf(bytes).flatMap((piece) => [Buffer.of(61 << 2), number(piece.length - 1, 2), piece]),
  ],
  (stored) =>
    takePieces(stored, stored.findIndex((byte) => byte < 128) + 1, (at) => [
      at + 3,
      stored.readUInt16LE(at + 1) + 1,
    ]),
);

/**
 * https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md: independent blocks of up to 64 KiB,
 * none compressed.
 */
export const storedLz4 = storing(
  (bytes) => [
    Buffer.from('04224d18604082', 'hex'),
    ...piecesOf(bytes).flatMap((piece) => [number(2 ** 31 + piece.length, 4), piece]),
    number(0, 4),
  ],
  (stored) =>
    takePieces(stored, 7, (at) => {
      const length = stored.readUInt32LE(at);
      return length === 0 ? undefined : [at + 4, length - 2 ** 31];
    }),
);

/** https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1: a single segment of raw blocks. */
export const storedZstd = storing(
  (bytes) => {
    const pieces = piecesOf(bytes);
    return [
      Buffer.from('28b52ffda0', 'hex'),
      number(bytes.length, 4),
      ...pieces.flatMap((piece, index) => [
        number(piece.length * 8 + (index === pieces.length - 1 ? 1 : 0), 3),
        piece,
      ]),
    ];
  },
  (stored) => takePieces(stored, 9, (at) => [at + 3, stored.readUIntLE(at, 3) >> 3]),
);
