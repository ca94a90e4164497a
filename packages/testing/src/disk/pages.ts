/** What a file system allocates and a page cache holds: https://docs.kernel.org/filesystems/ext4/overview.html#blocks */
export const pageBytes = 4_096;

/**
 * A file's bytes as pages that are never changed, only replaced: `fork` shares them all, and costs the same for any size. A
 * page that was never written is a hole and takes no space. Behind the end everything is zero.
 */
export class Pages {
  private shared = false;

  constructor(
    private pages: (Uint8Array | undefined)[] = [],
    private size = 0,
    private held = 0,
  ) {}

  get bytes(): number {
    return this.size;
  }

  /** Pages that take space. */
  get allocated(): number {
    return this.held;
  }

  page(index: number): Uint8Array | undefined {
    return this.pages[index];
  }

  /** The indexes of the pages that take space, from `first` on. */
  indexesFrom(first: number): number[] {
    const indexes: number[] = [];
    for (let index = first; index < this.pages.length; index++) {
      if (this.pages[index] !== undefined) indexes.push(index);
    }
    return indexes;
  }

  setPage(index: number, page: Uint8Array | undefined): void {
    if (this.shared) this.pages = this.pages.slice();
    this.shared = false;
    this.held += Number(page !== undefined) - Number(this.pages[index] !== undefined);
    this.pages[index] = page;
  }

  read(into: Uint8Array, position: number): number {
    const bytes = Math.max(0, Math.min(into.byteLength, this.size - position));
    for (const { index, offset, at, length } of spans(position, bytes)) {
      const page = this.pages[index];
      if (page === undefined) into.fill(0, at, at + length);
      else into.set(page.subarray(offset, offset + length), at);
    }
    return bytes;
  }

  /** `data` is kept, and must not change any more. */
  write(data: Uint8Array, position: number): void {
    for (const { index, offset, at, length } of spans(position, data.byteLength)) {
      const piece = data.subarray(at, at + length);
      this.setPage(index, length === pageBytes ? piece : merged(this.pages[index], piece, offset));
    }
    this.size = Math.max(this.size, position + data.byteLength);
  }

  resize(bytes: number): void {
    const kept = Math.ceil(bytes / pageBytes);
    for (const index of this.indexesFrom(kept)) this.setPage(index, undefined);
    const offset = bytes % pageBytes;
    const last = this.pages[kept - 1];
    if (offset > 0 && last !== undefined) {
      this.setPage(kept - 1, merged(undefined, last.subarray(0, offset), 0));
    }
    this.size = bytes;
  }

  fork(): Pages {
    const twin = new Pages(this.pages, this.size, this.held);
    this.shared = true;
    twin.shared = true;
    return twin;
  }
}

/** Part of a range of bytes that lies within one page. */
interface Span {
  readonly index: number;
  /** Where it begins in the page. */
  readonly offset: number;
  /** Where it begins in the range. */
  readonly at: number;
  readonly length: number;
}

/** A range of bytes, page by page. */
export function* spans(position: number, bytes: number): Generator<Span> {
  for (let at = 0; at < bytes; ) {
    const offset = (position + at) % pageBytes;
    const length = Math.min(pageBytes - offset, bytes - at);
    yield { index: (position + at - offset) / pageBytes, offset, at, length };
    at += length;
  }
}

function merged(page: Uint8Array | undefined, piece: Uint8Array, offset: number): Uint8Array {
  const copy = page?.slice() ?? new Uint8Array(pageBytes);
  copy.set(piece, offset);
  return copy;
}
