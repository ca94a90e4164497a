/** The few types of the Kafka protocol that a test needs: https://kafka.apache.org/protocol#protocol_types */
export class WireReader {
  private at = 0;
  constructor(private readonly data: Buffer) {}

  get left(): number {
    return this.data.length - this.at;
  }

  readonly int8 = (): number => this.data.readInt8(this.move(1));
  readonly int16 = (): number => this.data.readInt16BE(this.move(2));
  readonly int32 = (): number => this.data.readInt32BE(this.move(4));
  readonly int64 = (): bigint => this.data.readBigInt64BE(this.move(8));
  readonly skip = (bytes: number): void => void this.move(bytes);

  readonly string = (): string | null => {
    const length = this.int16();
    return length < 0 ? null : this.bytes(length).toString();
  };

  /** Without a length, the length comes first as 32 bits. */
  readonly bytes = (length = Math.max(0, this.int32())): Buffer =>
    this.data.subarray(this.move(length), this.at);

  readonly array = <T>(read: () => T): T[] => Array.from({ length: Math.max(0, this.int32()) }, read);

  /** Zigzag, up to 64 bits; exact up to 2^53. */
  readonly varint = (): number => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.data.readUInt8(this.move(1));
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return Number((value >> 1n) ^ -(value & 1n));
    }
  };

  private move(bytes: number): number {
    if (bytes > this.left) throw new RangeError(`${bytes} bytes wanted, ${this.left} left`);
    this.at += bytes;
    return this.at - bytes;
  }
}

/** Writes what {@link WireReader} reads. */
export class WireWriter {
  private readonly parts: Buffer[] = [];

  readonly int8 = (value: number): this => this.put(1, (part) => part.writeInt8(value));
  readonly int16 = (value: number): this => this.put(2, (part) => part.writeInt16BE(value));
  readonly int32 = (value: number): this => this.put(4, (part) => part.writeInt32BE(value));
  readonly int64 = (value: bigint): this => this.put(8, (part) => part.writeBigInt64BE(value));

  readonly string = (value: string | null): this => {
    if (value === null) return this.int16(-1);
    const bytes = Buffer.from(value);
    this.int16(bytes.length).parts.push(bytes);
    return this;
  };

  readonly array = <T>(items: readonly T[], write: (item: T) => unknown): this => {
    this.int32(items.length);
    for (const item of items) write(item);
    return this;
  };

  /** All of it, with its size in front when `sized`. */
  readonly done = (sized = false): Buffer => {
    const body = Buffer.concat(this.parts);
    return sized ? Buffer.concat([new WireWriter().int32(body.length).done(), body]) : body;
  };

  private put(bytes: number, write: (part: Buffer) => void): this {
    const part = Buffer.alloc(bytes);
    write(part);
    this.parts.push(part);
    return this;
  }
}
