import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../results/', import.meta.url));

/** Writes the files of the latest run over those of the one before. Returns the folder. */
export async function save(files: Readonly<Record<string, string>>): Promise<string> {
  await mkdir(folder, { recursive: true });
  await Promise.all(Object.entries(files).map(([name, text]) => writeFile(folder + name, text)));
  return folder;
}
