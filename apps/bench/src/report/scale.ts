import { sectionOf } from '../cases/catalogue.js';
import type { BenchCase } from '../cases/bench-case.js';
import { isMeasured, type Measured, type Result } from '../measure/result.js';

/** The content of a bar, on the scale that it shares with those next to it. */
export interface Bar {
  readonly result: Measured;
  readonly value: number;
  /** The extent over the pairs; `undefined` where only the median is kept. */
  readonly range: readonly [number, number] | undefined;
  /** A line across the bar: the goal, where it applies to the value of the bar. */
  readonly goal: number | undefined;
}

export interface Section {
  readonly name: string;
  readonly shows: BenchCase['shows'];
  readonly bars: readonly Bar[];
  /** The value at the right end. */
  readonly end: number;
}

const room = 1.05;

/** Groups the results by the part of the name before the first slash, in their order. */
export function sectionsOf(
  results: readonly Result[],
  showsOf: (name: string) => BenchCase['shows'],
): readonly Section[] {
  const bySection = new Map<string, Measured[]>();
  for (const result of results.filter(isMeasured)) {
    const name = sectionOf(result.name);
    bySection.set(name, [...(bySection.get(name) ?? []), result]);
  }
  return [...bySection].map(([name, measured]) => {
    const shows = showsOf(measured[0]?.name ?? name);
    const bars = measured.map((result) => barOf(result, shows));
    // A ratio is read against 1, so the scale always includes it.
    const values = bars.flatMap(({ value, range, goal = 0 }) => [value, range?.[1] ?? 0, goal]);
    const end = room * Math.max(...values, shows === 'ratio' ? 1 : 0);
    return { name, shows, bars, end };
  });
}

function barOf(result: Measured, shows: BenchCase['shows']): Bar {
  const goal = result.goal?.on === shows ? result.goal.limit : undefined;
  return shows === 'ratio'
    ? { result, value: result.ratio, range: [result.ratioMin, result.ratioMax], goal }
    : { result, value: result.ours, range: undefined, goal };
}
