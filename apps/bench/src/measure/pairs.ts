import type { Sample } from './sample.js';

/** Two ways to do the same work. */
export interface Contest {
  readonly ours: () => Promise<Sample>;
  /** What ours is compared with. */
  readonly raw: () => Promise<Sample>;
}

/** Two runs, one directly after the other, so that other load on the machine affects both. */
export interface Pair {
  readonly ours: Sample;
  readonly raw: Sample;
}

/**
 * Runs one warm-up pair that does not count, then `count` pairs. Every other pair starts with the
 * raw side, so that neither side always runs second. Calls `onPair` after each; 0 is the warm-up.
 */
export async function runPairs(
  { ours, raw }: Contest,
  count: number,
  onPair: (done: number, pair: Pair) => void = () => undefined,
): Promise<readonly Pair[]> {
  const oursFirst = async (): Promise<Pair> => {
    const first = await ours();
    return { ours: first, raw: await raw() };
  };
  const rawFirst = async (): Promise<Pair> => {
    const first = await raw();
    return { ours: await ours(), raw: first };
  };
  onPair(0, await oursFirst());
  const pairs: Pair[] = [];
  while (pairs.length < count) {
    const pair = await (pairs.length % 2 === 0 ? oursFirst() : rawFirst());
    pairs.push(pair);
    onPair(pairs.length, pair);
  }
  return pairs;
}
