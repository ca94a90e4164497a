import { readFileSync } from 'node:fs';
import type { KeyVector } from '@holdfast/testing';

export interface Vector extends KeyVector {
  readonly of3: number;
  readonly of6: number;
  readonly of1000: number;
}

/** Core's copy of the vectors that Java's own classes made. */
export const readVectors = (): readonly Vector[] =>
  JSON.parse(
    readFileSync(new URL('../../core/vectors/murmur2.json', import.meta.url), 'utf8'),
  ) as readonly Vector[];
