import { writeAll } from '@holdfast/core/internal';
import type { DiskFile } from '@holdfast/core/stage';

const chunkBytes = 1024 * 1024;

/**
 * Copies the bytes from `start` up to `end`, or to the end of the file, to the offset `at` of
 * another file, or of the same one.
 */
export async function copyBytes(
  from: DiskFile,
  start: number,
  end: number,
  to: DiskFile,
  at: number,
): Promise<void> {
  for (let position = start; position < end; ) {
    const page = Buffer.allocUnsafe(Math.min(chunkBytes, end - position));
    const read = await from.read(page, position);
    if (read === 0) return;
    await writeAll(to, [page.subarray(0, read)], at + position - start);
    position += read;
  }
}
