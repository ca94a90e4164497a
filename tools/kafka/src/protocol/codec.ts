/**
 * The primitive types of Kafka's wire protocol, as the versions before "flexible" ones write them:
 * big-endian integers, strings with a 16-bit length, arrays with a 32-bit length (-1 is null in
 * both). https://kafka.apache.org/protocol#protocol_types
 */
export class Writer {
  readonly #parts: Buffer[] = [];

  int8(value: number): this {
    return this.#fixed(1, (bytes) => bytes.writeInt8(value));
  }

  int16(value: number): this {
    return this.#fixed(2, (bytes) => bytes.writeInt16BE(value));
  }

  int32(value: number): this {
    return this.#fixed(4, (bytes) => bytes.writeInt32BE(value));
  }

  boolean(value: boolean): this {
    return this.int8(value ? 1 : 0);
  }

  string(value: string | null): this {
    if (value === null) return this.int16(-1);
    const bytes = Buffer.from(value, 'utf8');
    this.int16(bytes.length);
    this.#parts.push(bytes);
    return this;
  }

  array<T>(items: readonly T[], write: (item: T, writer: this) => void): this {
    this.int32(items.length);
    for (const item of items) write(item, this);
    return this;
  }

  bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }

  #fixed(size: number, write: (bytes: Buffer) => void): this {
    const bytes = Buffer.allocUnsafe(size);
    write(bytes);
    this.#parts.push(bytes);
    return this;
  }
}

/** Reads what {@link Writer} writes; a message that ends too early is a `RangeError`. */
export class Reader {
  readonly #bytes: Buffer;
  #offset = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  int8(): number {
    return this.#bytes.readInt8(this.#advance(1));
  }

  int16(): number {
    return this.#bytes.readInt16BE(this.#advance(2));
  }

  int32(): number {
    return this.#bytes.readInt32BE(this.#advance(4));
  }

  boolean(): boolean {
    return this.int8() !== 0;
  }

  nullableString(): string | null {
    const length = this.int16();
    if (length < 0) return null;
    const start = this.#advance(length);
    return this.#bytes.toString('utf8', start, start + length);
  }

  string(): string {
    const value = this.nullableString();
    if (value === null) throw new RangeError('Kafka answered null where its protocol promises a string');
    return value;
  }

  array<T>(read: (reader: this) => T): T[] {
    const length = this.int32();
    const items: T[] = [];
    for (let i = 0; i < length; i++) items.push(read(this));
    return items;
  }

  #advance(size: number): number {
    const start = this.#offset;
    if (start + size > this.#bytes.length) {
      throw new RangeError(`Kafka's answer ends at byte ${this.#bytes.length}, inside a field`);
    }
    this.#offset = start + size;
    return start;
  }
}
