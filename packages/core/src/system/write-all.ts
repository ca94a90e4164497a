import type { DiskFile } from '../contract/disk.js';

/**
 * Writes all of the buffers at `position`, in as many partial writes as the disk needs; resolves
 * with the end position in bytes. With `how: 'through'` the bytes are durable then; rejects with a
 * `TypeError` if the file has no `writeThrough`. Rejects with `ENOSPC` when the disk writes
 * nothing.
 */
export async function writeAll(
  file: DiskFile,
  buffers: readonly Uint8Array[],
  position: number,
  how: 'write' | 'through' = 'write',
): Promise<number> {
  let rest = buffers;
  let at = position;
  while (rest.length > 0) {
    const written = await (how === 'through' ? file.writeThrough?.(rest, at) : file.write(rest, at));
    if (written === undefined) throw new TypeError('this file does not support writeThrough');
    if (written === 0) throw Object.assign(new Error('ENOSPC: the disk wrote 0 bytes'), { code: 'ENOSPC' });
    at += written;
    rest = behind(rest, written);
  }
  return at;
}

function behind(buffers: readonly Uint8Array[], bytes: number): readonly Uint8Array[] {
  let left = bytes;
  for (const [index, buffer] of buffers.entries()) {
    if (left < buffer.length) return [buffer.subarray(left), ...buffers.slice(index + 1)];
    left -= buffer.length;
  }
  return [];
}
