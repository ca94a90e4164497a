import { lostWrites } from '../../errors.js';
import { copyBytes } from '../segments/copy-bytes.js';
import { FrameSource } from '../read/frame-source.js';
import type { WritableSegment } from '../segments/writable-segment.js';

const chunkBytes = 1024 * 1024;

/**
 * Makes durable what a segment holds after its last good sync. Linux takes what a failed sync could
 * not write for clean, and no later sync writes it. A reader of the file still sees it, so it is
 * written again in place: a crash meanwhile leaves one of two equal versions of each sector.
 * Rejects when that fails, too.
 */
export async function resync(segment: WritableSegment): Promise<void> {
  const { file, durable, readable } = segment;
  const isSynced = await segment.sync().then(
    () => true,
    () => false,
  );
  if (!isSynced) {
    await copyBytes(file, durable, readable, file, durable);
    await file.sync();
    if (!(await isWhole(segment))) throw lostWrites(segment.path);
  }
  segment.durable = readable;
  segment.noteEnd(readable, readable);
}

/**
 * Checks what was written: when a write fails, some file systems show what is on the disk instead.
 */
async function isWhole(segment: WritableSegment): Promise<boolean> {
  const { file, cipherAt, durable: from, readable: to } = segment;
  const source = new FrameSource({ file, expected: segment, cipher: cipherAt, from, to, chunkBytes });
  try {
    while (await source.load()) {
      for (let next = source.next(); next !== undefined; next = source.next()) {
        if (!('kind' in next)) return false;
      }
    }
  } finally {
    await source.end();
  }
  return source.position === to;
}
