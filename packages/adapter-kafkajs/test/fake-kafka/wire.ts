/** The few types of the Kafka protocol that the fake needs: https://kafka.apache.org/protocol#protocol_types */

export class Reader {
  private at = 0;
  constructor(private readonly data: Buffer) {}

  int8 = (): number => this.data.readInt8(this.move(1));
  int16 = (): number => this.data.readInt16BE(this.move(2));
  int32 = (): number => this.data.readInt32BE(this.move(4));
  int64 = (): bigint => this.data.readBigInt64BE(this.move(8));
  skip = (bytes: number): void => void this.move(bytes);

  string = (): string | null => {
    const length = this.int16();
    return length < 0 ? null : this.bytes(length).toString();
  };

  bytes = (length = this.int32()): Buffer => this.data.subarray(this.move(length), this.at);

  array = <T>(read: () => T): T[] => Array.from({ length: Math.max(0, this.int32()) }, read);

  varint = (): number => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.data.readUInt8(this.move(1));
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return Number((value >> 1n) ^ -(value & 1n));
    }
  };

  private move(bytes: number): number {
    this.at += bytes;
    return this.at - bytes;
  }
}

export class Writer {
  private readonly parts: Buffer[] = [];

  int8 = (value: number): this => this.put(1, (part) => part.writeInt8(value));
  int16 = (value: number): this => this.put(2, (part) => part.writeInt16BE(value));
  int32 = (value: number): this => this.put(4, (part) => part.writeInt32BE(value));
  int64 = (value: bigint): this => this.put(8, (part) => part.writeBigInt64BE(value));

  string = (value: string | null): this => {
    if (value === null) return this.int16(-1);
    const bytes = Buffer.from(value);
    this.int16(bytes.length).parts.push(bytes);
    return this;
  };

  array = <T>(items: readonly T[], write: (item: T) => void): this => {
    this.int32(items.length);
    items.forEach((item) => write(item));
    return this;
  };

  done = (): Buffer => Buffer.concat(this.parts);

  private put(bytes: number, write: (part: Buffer) => void): this {
    const part = Buffer.alloc(bytes);
    write(part);
    this.parts.push(part);
    return this;
  }
}
