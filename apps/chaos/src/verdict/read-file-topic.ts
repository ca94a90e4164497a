import { readFile } from 'node:fs/promises';
import type { FoundRecord } from '@holdfast/testing';

type Line = readonly [key: string | null, value: string | null, headers: { readonly [name: string]: string }];

/**
 * Returns what the file adapter wrote, in its order. A line that a kill cut off was never
 * acknowledged, and is no record.
 */
export async function readFileTopic(path: string, topic: string): Promise<FoundRecord[]> {
  const lines = (await readFile(path, 'utf8')).split('\n');
  return lines.flatMap((text, offset) => {
    const line = lineOf(text);
    if (line === undefined) return [];
    const [key, value, headers] = line;
    return [{ topic, partition: 0, offset, key: bytes(key), value: bytes(value), headers }];
  });
}

const bytes = (text: string | null): Buffer | null => (text === null ? null : Buffer.from(text, 'base64'));

function lineOf(text: string): Line | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return isLine(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

const isLine = (value: unknown): value is Line => Array.isArray(value) && value.length === 3;
