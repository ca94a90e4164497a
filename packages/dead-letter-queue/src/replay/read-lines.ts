import { constants } from 'node:buffer';
import type { Disk } from '@holdfast/core/stage';

export interface Line {
  /**
   * Empty when the line exceeds the maximum length of a string, which no line that we wrote does.
   */
  readonly text: string;
  /** Counted from 1. */
  readonly number: number;
  /** The offset in the file at which the line begins. */
  readonly at: number;
  /** False when the file ends before the line does. */
  readonly isWhole: boolean;
}

const chunkBytes = 256 * 1024;

/**
 * Yields the lines in the first `bytes` bytes of a file. A last line without an end is not whole.
 * The text of a line longer than `maxLineBytes` is not kept: a power loss may leave the length of a
 * file and replace its content by zeros.
 */
export async function* readLines(
  disk: Disk,
  path: string,
  bytes: number,
  maxLineBytes: number = constants.MAX_STRING_LENGTH,
): AsyncGenerator<Line> {
  const file = await disk.open(path, 'read');
  try {
    let rest: Buffer[] = [];
    let restBytes = 0;
    let number = 1;
    let at = 0;
    const keep = (part: Buffer): void => {
      restBytes += part.length;
      if (restBytes > maxLineBytes) rest = [];
      else rest.push(part);
    };
    const endLine = (isWhole: boolean): Line => {
      const text = Buffer.concat(rest).toString();
      rest = [];
      restBytes = 0;
      return { text, number: number++, at, isWhole };
    };
    for (let position = 0; position < bytes; ) {
      const chunk = Buffer.allocUnsafe(Math.min(chunkBytes, bytes - position));
      const read = await file.read(chunk, position);
      if (read === 0) break;
      let from = 0;
      for (let end = chunk.indexOf(10); end >= 0 && end < read; end = chunk.indexOf(10, from)) {
        keep(chunk.subarray(from, end));
        yield endLine(true);
        from = end + 1;
        at = position + from;
      }
      if (from < read) keep(chunk.subarray(from, read));
      position += read;
    }
    if (restBytes > 0) yield endLine(false);
  } finally {
    await file.close();
  }
}
