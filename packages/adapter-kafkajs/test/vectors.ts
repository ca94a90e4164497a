import { readFileSync } from 'node:fs';
import type { KeyVector } from '@holdfast/testing';

/** Core's copy of the vectors that Java's own classes generated. */
export function readVectors(): KeyVector[] {
  const text = readFileSync(new URL('../../core/vectors/murmur2.json', import.meta.url), 'utf8');
  const vectors: unknown = JSON.parse(text);
  if (!Array.isArray(vectors) || !vectors.every(isVector))
    throw new Error('murmur2.json holds something else');
  return vectors;
}

const isVector = (one: unknown): one is KeyVector =>
  typeof one === 'object' && one !== null && 'key' in one && 'of7' in one && typeof one.of7 === 'number';
