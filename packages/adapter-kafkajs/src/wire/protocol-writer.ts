const highWord = 2 ** 32;
/** Below this length a loop is faster than a call of `set`. */
const leastToSet = 24;

/** Returns how many bytes {@link ProtocolWriter.uvarint} writes. */
export function uvarintBytes(value: number): number {
  let bytes = 1;
  for (let left = value; left >= 128; left = Math.floor(left / 128)) bytes++;
  return bytes;
}

/** Returns how many bytes {@link ProtocolWriter.varint} writes. */
export const varintBytes = (value: number): number => uvarintBytes(zigzag(value));

/** Small negative numbers take few bytes, too */
const zigzag = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value);

/** Writes Kafka's types one after the other: https://kafka.apache.org/protocol#protocol_types. */
export class ProtocolWriter {
  at = 0;

  constructor(readonly bytes: Buffer) {}

  int8(value: number): void {
    this.bytes[this.at++] = value;
  }

  int16(value: number): void {
    this.at = this.bytes.writeInt16BE(value, this.at);
  }

  int32(value: number): void {
    this.at = this.bytes.writeInt32BE(value, this.at);
  }

  /** Writes a safe integer. */
  int64(value: number): void {
    this.int32(Math.floor(value / highWord) | 0);
    this.int32(value | 0);
  }

  /** Writes LEB128: an integer >= 0, up to 2^54. */
  uvarint(value: number): void {
    let left = value;
    while (left >= 128) {
      this.bytes[this.at++] = left % 128 | 128;
      left = Math.floor(left / 128);
    }
    this.bytes[this.at++] = left;
  }

  varint(value: number): void {
    this.uvarint(zigzag(value));
  }

  raw(bytes: Uint8Array): void {
    if (bytes.length < leastToSet) for (const byte of bytes) this.bytes[this.at++] = byte;
    else {
      this.bytes.set(bytes, this.at);
      this.at += bytes.length;
    }
  }

  /** Writes UTF-8. `bytes`: the length of that. */
  text(text: string, bytes: number): void {
    this.bytes.write(text, this.at, bytes);
    this.at += bytes;
  }
}
