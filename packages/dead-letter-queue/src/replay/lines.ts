import { constants } from 'node:buffer';
import type { Disk } from '@holdfast/core/stage';

export interface Line {
  /** Empty when it is longer than a string can be: no line that was written is. */
  readonly text: string;
  /** Counted from 1. */
  readonly number: number;
  /** Where it begins in the file. */
  readonly at: number;
  /** False: the file ends before the line does. */
  readonly whole: boolean;
}

const chunkBytes = 256 * 1024;

/**
 * The lines in the first bytes of a file, one after the other, however many. A last line without an end is not whole. What has no end for
 * `mostBytes` is not kept: zeros, say, where a power loss took the bytes of a file and not its length.
 */
export async function* linesOf(
  disk: Disk,
  path: string,
  bytes: number,
  mostBytes: number = constants.MAX_STRING_LENGTH,
): AsyncGenerator<Line> {
  const file = await disk.open(path, 'read');
  try {
    let rest: Buffer[] = [];
    let restBytes = 0;
    let number = 1;
    let at = 0;
    const keep = (part: Buffer): void => {
      restBytes += part.length;
      if (restBytes > mostBytes) rest = [];
      else rest.push(part);
    };
    const line = (whole: boolean): Line => {
      const text = Buffer.concat(rest).toString();
      rest = [];
      restBytes = 0;
      return { text, number: number++, at, whole };
    };
    for (let position = 0; position < bytes; ) {
      const chunk = Buffer.allocUnsafe(Math.min(chunkBytes, bytes - position));
      const read = await file.read(chunk, position);
      if (read === 0) break;
      let from = 0;
      for (let end = chunk.indexOf(10); end >= 0 && end < read; end = chunk.indexOf(10, from)) {
        keep(chunk.subarray(from, end));
        yield line(true);
        from = end + 1;
        at = position + from;
      }
      if (from < read) keep(chunk.subarray(from, read));
      position += read;
    }
    if (restBytes > 0) yield line(false);
  } finally {
    await file.close();
  }
}
