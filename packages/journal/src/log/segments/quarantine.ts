import { basename, join } from 'node:path';
import type { Disk } from '@holdfast/core/stage';
import { copyBytes } from './copy-bytes.js';
import type { SegmentFile } from './segment-file.js';

export interface QuarantineOptions {
  readonly disk: Disk;
  readonly directory: string;
  readonly mode: 'read' | 'write';
  readonly corruption: 'salvage' | 'strict';
}

export const folderOf = (directory: string): string => join(directory, 'quarantine');

/**
 * Moves a file with a segment's name to the quarantine, without reading or copying it. It keeps its
 * name, so that the quarantine can be inspected, and replayed, as a journal. Resolves with its new
 * path; `undefined` when it stays.
 */
export async function moveAside(
  { disk, directory, mode, corruption }: QuarantineOptions,
  path: string,
): Promise<string | undefined> {
  if (mode === 'read' || corruption === 'strict') return undefined;
  const folder = folderOf(directory);
  try {
    await disk.makeDirectory(folder);
    const taken = new Set(await disk.list(folder));
    const name = basename(path);
    let to = name;
    for (let copy = 1; taken.has(to); copy++) to = `${name}.${copy}`;
    await disk.rename(path, join(folder, to));
    await disk.syncDirectory(folder);
    await disk.syncDirectory(directory);
    return join(folder, to);
  } catch {
    return undefined;
  }
}

/**
 * Copies a damaged region to a file of its own and resolves with the path. The name is where the
 * region was found, so a file that exists already is the same. `undefined`: the disk does not take
 * the copy, and the region stays where it is as long as its segment does.
 */
export async function quarantine(
  { disk, directory, mode, corruption }: QuarantineOptions,
  { file, number }: SegmentFile,
  start: number,
  end: number,
): Promise<string | undefined> {
  if (mode === 'read' || corruption === 'strict') return undefined;
  const folder = folderOf(directory);
  const name = `${String(number).padStart(10, '0')}-${String(start).padStart(10, '0')}-${end - start}.damaged`;
  const path = join(folder, name);
  try {
    await disk.makeDirectory(folder);
    const there = await disk.info(path);
    if (there?.bytes === end - start) return path;
    if (there !== undefined) await disk.remove(path); // a start was interrupted here
    const copy = await disk.open(path, 'create');
    try {
      await copyBytes(file, start, end, copy, 0);
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
