/** Below this many bytes, a loop is faster than calling `set`. */
const few = 24;

/** Writes numbers and bytes into a page one after the other, and reads them back. */
export class Cursor {
  constructor(
    public page: Buffer,
    public at: number,
  ) {}

  /** Writes a whole number below 2^32 as LEB128. */
  writeVarint(value: number): void {
    let rest = value;
    while (rest > 127) {
      this.page[this.at++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.page[this.at++] = rest;
  }

  readVarint(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.page[this.at++] ?? 0;
      value |= (byte & 127) << shift;
      if (byte < 128) return value >>> 0;
    }
  }

  writeBytes(bytes: Uint8Array): void {
    const { length } = bytes;
    this.writeVarint(length);
    if (length > few) {
      this.page.set(bytes, this.at);
      this.at += length;
    } else for (let i = 0; i < length; i++) this.page[this.at++] = bytes[i] ?? 0;
  }

  /** Returns a view into the page, not a copy. */
  readBytes(): Buffer {
    const length = this.readVarint();
    this.at += length;
    return this.page.subarray(this.at - length, this.at);
  }
}
