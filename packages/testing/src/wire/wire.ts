/** The few types of the Kafka protocol that a test needs: https://kafka.apache.org/protocol#protocol_types */
export class WireReader {
  /** From now on lengths are compact, and tagged fields may follow: KIP-482. */
  compact = false;
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
    const length = this.compact ? this.uvarint() - 1 : this.int16();
    return length < 0 ? null : this.bytes(length).toString();
  };

  /** Without a length, the length comes first as 32 bits. */
  readonly bytes = (length = this.length()): Buffer => this.data.subarray(this.move(length), this.at);

  readonly array = <T>(read: () => T): T[] => Array.from({ length: this.length() }, read);

  /** Passes over tagged fields. */
  readonly tags = (): void => {
    for (let left = this.compact ? this.uvarint() : 0; left > 0; left--) {
      this.uvarint();
      this.skip(this.uvarint());
    }
  };

  readonly uvarint = (): number => Number(this.uvarint64());

  /** Zigzag, up to 64 bits; exact up to 2^53. */
  readonly varint = (): number => {
    const value = this.uvarint64();
    return Number((value >> 1n) ^ -(value & 1n));
  };

  private uvarint64(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.data.readUInt8(this.move(1));
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  }

  private length(): number {
    return Math.max(0, this.compact ? this.uvarint() - 1 : this.int32());
  }

  private move(bytes: number): number {
    if (bytes > this.left) throw new RangeError(`${bytes} bytes wanted, ${this.left} left`);
    this.at += bytes;
    return this.at - bytes;
  }
}

/** Writes what {@link WireReader} reads. */
export class WireWriter {
  /** From now on lengths are compact, and tagged fields may follow: KIP-482. */
  compact = false;
  private readonly parts: Buffer[] = [];

  readonly int8 = (value: number): this => this.put(1, (part) => part.writeInt8(value));
  readonly int16 = (value: number): this => this.put(2, (part) => part.writeInt16BE(value));
  readonly int32 = (value: number): this => this.put(4, (part) => part.writeInt32BE(value));
  readonly int64 = (value: bigint): this => this.put(8, (part) => part.writeBigInt64BE(value));

  readonly string = (value: string | null): this => {
    const bytes = Buffer.from(value ?? '');
    const length = value === null ? -1 : bytes.length;
    (this.compact ? this.uvarint(length + 1) : this.int16(length)).parts.push(bytes);
    return this;
  };

  readonly array = <T>(items: readonly T[], write: (item: T) => unknown): this => {
    if (this.compact) this.uvarint(items.length + 1);
    else this.int32(items.length);
    for (const item of items) write(item);
    return this;
  };

  /** Up to 2^31. */
  readonly uvarint = (value: number): this => {
    let left = value;
    for (; left > 127; left >>>= 7) this.int8((left & 127) - 128);
    return this.int8(left);
  };

  /** Tagged fields, by their numbers; none when lengths are not compact. */
  readonly tags = (fields: { readonly [tag: number]: Buffer } = {}): this => {
    if (!this.compact) return this;
    this.uvarint(Object.keys(fields).length);
    for (const [tag, bytes] of Object.entries(fields)) {
      this.uvarint(Number(tag)).uvarint(bytes.length).parts.push(bytes);
    }
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
