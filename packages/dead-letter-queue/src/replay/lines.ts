import type { Disk } from '@holdfast/core';

export interface Line {
  readonly text: string;
  /** Counted from 1. */
  readonly number: number;
  /** Where it begins in the file. */
  readonly at: number;
  /** False: the file ends before the line does. */
  readonly whole: boolean;
}

const chunkBytes = 256 * 1024;

/** The lines in the first bytes of a file, one after the other, however many. A last line without an end is not whole. */
export async function* linesOf(disk: Disk, path: string, bytes: number): AsyncGenerator<Line> {
  const file = await disk.open(path, 'read');
  try {
    let rest: Buffer[] = [];
    let number = 1;
    let at = 0;
    const line = (last: Buffer, whole: boolean): Line => {
      const bytes = Buffer.concat([...rest, last]);
      rest = [];
      return { text: bytes.toString(), number: number++, at, whole };
    };
    for (let position = 0; position < bytes; ) {
      const chunk = Buffer.allocUnsafe(Math.min(chunkBytes, bytes - position));
      const read = await file.read(chunk, position);
      if (read === 0) break;
      let from = 0;
      for (let end = chunk.indexOf(10); end >= 0 && end < read; end = chunk.indexOf(10, from)) {
        yield line(chunk.subarray(from, end), true);
        from = end + 1;
        at = position + from;
      }
      if (from < read) rest.push(chunk.subarray(from, read));
      position += read;
    }
    if (rest.length > 0) yield line(Buffer.alloc(0), false);
  } finally {
    await file.close();
  }
}
