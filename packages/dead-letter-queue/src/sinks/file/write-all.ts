import type { DiskFile } from '@holdfast/core';

/** Writes all of it at `position`, however little the disk takes at a time. */
export async function writeAll(file: DiskFile, bytes: Uint8Array, position: number): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const written = await file.write([bytes.subarray(at)], position + at);
    if (written === 0) throw Object.assign(new Error('the disk took nothing'), { code: 'ENOSPC' });
    at += written;
  }
}
