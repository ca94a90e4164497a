import type { DiskFile } from '@holdfast/core/stage';
import type { SegmentCipher } from '../../format/encryption.js';
import { endMark } from '../../format/layout.js';
import {
  claimedBytes,
  leastFrameBytes,
  readFrame,
  type Expected,
  type FoundFrame,
} from '../../format/frame.js';

/** Bytes of a file, from `start` on, `end` excluded, in which no whole frame begins or ends. */
export interface BadRegion {
  readonly start: number;
  readonly end: number;
}

export interface SourceOptions {
  readonly file: DiskFile;
  readonly expected: Expected;
  /** Called with a page and a place in it where an encrypted frame begins. */
  readonly cipher: (page: Buffer, at: number) => SegmentCipher | undefined;
  readonly from: number;
  readonly to: number;
  readonly chunkBytes: number;
}

const noBytes = Buffer.alloc(0);

/** A page that a chunk is read into, after room for what was left of the previous chunk. */
interface Chunk {
  readonly page: Buffer;
  length: number;
}

/**
 * Reads the whole frames of a file from one offset to another, in order, and the regions between
 * them. While the frames of one chunk are processed, the next chunk is read.
 */
export class FrameSource {
  private page: Buffer = noBytes;
  /** Offsets in the file: of the page's first byte, and of the next byte to examine. */
  private base: number;
  private at: number;
  private badFrom = -1;
  private isEndMarked = false;
  /** The frame after a bad region: it was decrypted in place and cannot be read a second time. */
  private behindBad: FoundFrame | undefined;
  private readonly room: number;
  /** Two chunks that take turns. */
  private readonly chunks: Chunk[] = [];
  private turn = 0;
  private ahead: { readonly from: number; readonly chunk: Promise<Chunk> } | undefined;

  constructor(private readonly options: SourceOptions) {
    this.base = this.at = options.from;
    this.room = Math.min(options.chunkBytes, options.to - options.from) >> 1;
  }

  /** Where the last whole frame ended. */
  get position(): number {
    return this.badFrom >= 0 ? this.badFrom : this.at;
  }

  /**
   * Returns the next frame or bad region, valid until {@link load} is called; `undefined` when no
   * frame begins in what is loaded.
   */
  next(): FoundFrame | BadRegion | undefined {
    if (this.behindBad !== undefined) {
      const frame = this.behindBad;
      this.behindBad = undefined;
      this.at += frame.bytes;
      return frame;
    }
    const { expected, cipher, to } = this.options;
    const loadedTo = this.base + this.page.length;
    while (this.at + leastFrameBytes <= loadedTo) {
      const place = this.at - this.base;
      const bytes = claimedBytes(this.page, place, this.at, expected);
      if (bytes > 0 && this.at + bytes <= to) {
        if (this.at + bytes > loadedTo) return undefined;
        const frame = readFrame(this.page, place, bytes, cipher(this.page, place));
        if (frame !== undefined) {
          if (this.badFrom >= 0) {
            this.behindBad = frame;
            return this.endOfBadRegion();
          }
          this.at += bytes;
          return frame;
        }
      }
      if (this.badFrom < 0) {
        this.badFrom = this.at;
        this.isEndMarked = this.page.subarray(place, place + endMark.length).equals(endMark);
      }
      this.at += 8;
    }
    return undefined;
  }

  /** Up to where the file was read. */
  get loaded(): number {
    return this.base + this.page.length;
  }

  /** Whether the last whole frame is followed by a writer's end mark, or by the end of the file. */
  get endsWell(): boolean {
    return this.badFrom < 0 || this.isEndMarked;
  }

  /** Loads the next chunk. Resolves with false at the end. */
  async load(): Promise<boolean> {
    const { to } = this.options;
    const from = this.base + this.page.length;
    if (from >= to) return false;
    const left = this.page.subarray(Math.min(this.page.length, this.at - this.base));
    const chunk = this.ahead?.from === from ? await this.ahead.chunk : await this.read(from);
    this.ahead = undefined;
    if (chunk.length === 0) return false;
    const next = from + chunk.length;
    this.page = this.joined(left, chunk);
    this.base = from - left.length;
    if (next < to) {
      const ahead = { from: next, chunk: this.read(next) };
      ahead.chunk.catch(() => undefined); // whoever awaits it handles the error
      this.ahead = ahead;
    }
    return true;
  }

  /** Waits for the read under way; then the file may be closed. */
  async end(): Promise<void> {
    await this.ahead?.chunk.catch(() => undefined);
  }

  /**
   * Puts what was left of the previous chunk in front of this one. Only a frame larger than the
   * room for it costs a copy of both.
   */
  private joined(left: Buffer, { page, length }: Chunk): Buffer {
    const loaded = page.subarray(this.room, this.room + length);
    if (left.length > this.room) return Buffer.concat([left, loaded]);
    left.copy(page, this.room - left.length);
    return page.subarray(this.room - left.length, this.room + length);
  }

  private endOfBadRegion(): BadRegion {
    const region = { start: this.badFrom, end: this.at };
    this.badFrom = -1;
    return region;
  }

  private async read(from: number): Promise<Chunk> {
    const { file, to, chunkBytes } = this.options;
    this.turn = 1 - this.turn;
    const chunk = (this.chunks[this.turn] ??= { page: this.newPage(), length: 0 });
    chunk.length = 0;
    const into = chunk.page.subarray(this.room, this.room + Math.min(chunkBytes, to - from));
    while (chunk.length < into.length) {
      const read = await file.read(into.subarray(chunk.length), from + chunk.length);
      if (read === 0) break;
      chunk.length += read;
    }
    return chunk;
  }

  private newPage(): Buffer {
    return Buffer.allocUnsafeSlow(
      this.room + Math.min(this.options.chunkBytes, this.options.to - this.options.from),
    );
  }
}
