import { join } from 'node:path';
import { writeAll, type Disk } from '@holdfast/core';
import type { SegmentFile } from './segment-file.js';

const chunkBytes = 1024 * 1024;

/**
 * Copies a damaged region to a file of its own; answers with its path. One that is there already is the same: where it was found
 * is its name. `undefined`: the disk does not take it, and the region stays where it is as long as its segment does.
 */
export async function quarantine(
  {
    disk,
    directory,
    mode,
  }: { readonly disk: Disk; readonly directory: string; readonly mode: 'read' | 'write' },
  { file, number }: SegmentFile,
  start: number,
  end: number,
): Promise<string | undefined> {
  if (mode === 'read') return undefined;
  const folder = join(directory, 'quarantine');
  const name = `${String(number).padStart(10, '0')}-${String(start).padStart(10, '0')}-${end - start}.damaged`;
  const path = join(folder, name);
  try {
    await disk.makeDirectory(folder);
    const there = await disk.info(path);
    if (there?.bytes === end - start) return path;
    if (there !== undefined) await disk.remove(path); // a start was interrupted here
    const copy = await disk.open(path, 'create');
    try {
      for (let at = start; at < end; ) {
        const page = Buffer.allocUnsafe(Math.min(chunkBytes, end - at));
        const read = await file.read(page, at);
        if (read === 0) break;
        await writeAll(copy, [page.subarray(0, read)], at - start);
        at += read;
      }
      await copy.sync();
    } finally {
      await copy.close();
    }
    await disk.syncDirectory(folder);
    await disk.syncDirectory(directory);
    return path;
  } catch {
    return undefined;
  }
}
