import { cutName } from '@holdfast/core/internal';

/** The variable that repeats a run: `HOLDFAST_SEED=12345 npx vitest run …`. */
export const seedVariable = 'HOLDFAST_SEED';

/**
 * Returns a generator of numbers in [0, 1), the same for the same seed (any number; its low 32 bits
 * count). The algorithm is mulberry32 by Tommy Ettinger, public domain:
 * https://gist.github.com/tommyettinger/46a874533244883189143505d203312c
 */
export function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Returns the seed in `HOLDFAST_SEED`, else a new one, a whole number below 2^31. Throws a
 * RangeError if the variable is set to anything but a whole number.
 */
export function seedFrom(env: { readonly [name: string]: string | undefined } = process.env): number {
  const given = env[seedVariable];
  if (given === undefined || given === '') return Math.floor(Math.random() * 2 ** 31);
  const seed = Number(given);
  if (!Number.isInteger(seed) || Math.abs(seed) > 2 ** 31) {
    throw new RangeError(`${seedVariable} must be a whole number such as 12345, not '${cutName(given)}'`);
  }
  return seed;
}
