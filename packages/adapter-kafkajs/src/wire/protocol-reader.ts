const highWord = 2 ** 32;

/**
 * Reads Kafka's types one after the other: https://kafka.apache.org/protocol#protocol_types. Throws
 * a `RangeError` beyond the end.
 */
export class ProtocolReader {
  private at = 0;

  constructor(
    private readonly bytes: Buffer,
    /** Compact lengths and tagged fields: KIP-482. */
    private readonly flexible: boolean,
  ) {}

  int16(): number {
    return this.bytes.readInt16BE(this.skip(2));
  }

  int32(): number {
    return this.bytes.readInt32BE(this.skip(4));
  }

  /** Exact up to 2^53. */
  int64(): number {
    return this.int32() * highWord + (this.int32() >>> 0);
  }

  text(): string | undefined {
    const length = this.flexible ? this.uvarint() - 1 : this.int16();
    if (length < 0) return undefined;
    const from = this.skip(length);
    return this.bytes.toString('utf8', from, this.at);
  }

  array<T>(read: () => T): T[] {
    const count = this.flexible ? this.uvarint() - 1 : this.int32();
    const all: T[] = [];
    while (all.length < count) all.push(read());
    return all;
  }

  skipTags(): void {
    this.tags(() => undefined);
  }

  /** Calls `read` for each tagged field. It may read as much of the field as it knows. */
  tags(read: (tag: number) => void): void {
    if (!this.flexible) return;
    for (let left = this.uvarint(); left > 0; left--) {
      const tag = this.uvarint();
      const end = this.uvarint() + this.at;
      read(tag);
      this.at = end;
    }
  }

  private uvarint(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.bytes.readUInt8(this.skip(1));
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  }

  private skip(bytes: number): number {
    const from = this.at;
    this.at += bytes;
    if (this.at > this.bytes.length) throw new RangeError('the answer is cut off');
    return from;
  }
}
