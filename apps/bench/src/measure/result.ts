import { reached, type Goal } from './goal.js';
import type { Pair } from './pairs.js';
import { median, medianOf } from './statistics.js';

export type Unit = 'records/s' | 'ns/record' | 'bytes/record' | 'ms';

/** Details of a case besides its figures: the chosen settings, the partitions of the topic. */
export type Details = { readonly [name: string]: string | number };

/** A case and its figures. Each figure is the median over the pairs. */
export interface Measured {
  readonly name: string;
  readonly unit: Unit;
  /** Ours divided by raw, pair by pair. */
  readonly ratio: number;
  readonly ratioMin: number;
  readonly ratioMax: number;
  readonly ours: number;
  readonly raw: number;
  readonly oursCpuNs: number | undefined;
  readonly rawCpuNs: number | undefined;
  readonly oursWallNs: number | undefined;
  readonly rawWallNs: number | undefined;
  readonly goal: Goal | undefined;
  /** `undefined` without a goal. */
  readonly pass: boolean | undefined;
  readonly pairs: number;
  readonly details: Details;
}

/** A case that could not be measured, and why. */
export interface Unmeasured {
  readonly name: string;
  readonly problem: string;
}

export type Result = Measured | Unmeasured;

export const isMeasured = (result: Result): result is Measured => !('problem' in result);

export interface CaseFacts {
  readonly name: string;
  readonly unit: Unit;
  readonly goal: Goal | undefined;
}

/** Throws a RangeError for no pairs. */
export function summarize(facts: CaseFacts, pairs: readonly Pair[], details: Details): Measured {
  const { name, unit, goal } = facts;
  const ratios = pairs.map((pair) => pair.ours.value / pair.raw.value);
  const ratio = median(ratios);
  const ours = median(pairs.map((pair) => pair.ours.value));
  return {
    name,
    unit,
    ratio,
    ratioMin: Math.min(...ratios),
    ratioMax: Math.max(...ratios),
    ours,
    raw: median(pairs.map((pair) => pair.raw.value)),
    oursCpuNs: medianOf(pairs, (pair) => pair.ours.timing?.cpuNs),
    rawCpuNs: medianOf(pairs, (pair) => pair.raw.timing?.cpuNs),
    oursWallNs: medianOf(pairs, (pair) => pair.ours.timing?.wallNs),
    rawWallNs: medianOf(pairs, (pair) => pair.raw.timing?.wallNs),
    goal,
    pass: goal && reached(goal, { ratio, ours }),
    pairs: pairs.length,
    details,
  };
}
