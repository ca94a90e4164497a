import * as fs from 'node:fs';
import { join } from 'node:path';

/** The bytes of a frame besides the record's value: lengths, flags, key and topic id. */
const framingBytes = 18;
const frameHeaderBytes = 96;
const segmentBytes = 64 * 1024 * 1024;

const answer = (call: (done: (error: Error | null) => void) => void): Promise<void> =>
  new Promise((resolve, reject) => {
    call((error) => {
      if (error === null) resolve();
      else reject(error);
    });
  });

/**
 * `writev` and `fdatasync` of the same bytes in the same frames and files: the least that any
 * durable log has to do.
 */
export async function bareWrites(
  directory: string,
  batches: number,
  size: number,
  valueBytes: number,
): Promise<void> {
  const frame = Buffer.alloc(Math.ceil((frameHeaderBytes + size * (valueBytes + framingBytes)) / 8) * 8, 7);
  let fd = -1;
  let position = segmentBytes;
  for (let i = 0; i < batches; i++) {
    if (position + frame.length > segmentBytes) {
      if (fd >= 0) fs.closeSync(fd);
      fd = fs.openSync(join(directory, `bare-${i}`), 'w+', 0o600);
      position = 0;
    }
    const at = position;
    const file = fd;
    await answer((done) => fs.writev(file, [frame], at, done));
    await answer((done) => fs.fdatasync(file, done));
    position += frame.length;
  }
  fs.closeSync(fd);
}
