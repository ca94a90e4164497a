import type { Goal } from '../measure/goal.js';
import { isMeasured, type Measured, type Result, type Unit } from '../measure/result.js';
import type { Machine } from './machine.js';

/**
 * The figures of a case, as they are printed and kept. `ratio` is ours divided by raw; `goal` is
 * the limit for `goalOn` (`ratio`, or `ours` in `unit`), `null` where none was set. CPU and wall
 * time are nanoseconds per record.
 */
export interface Figure extends Machine {
  readonly case: string;
  readonly ratio: number;
  readonly goal: number | null;
  readonly goalOn: Goal['on'] | null;
  readonly goalIs: Goal['is'] | null;
  readonly pass: boolean | null;
  readonly unit: Unit;
  readonly ours: number;
  readonly raw: number;
  readonly oursCpuNs: number | null;
  readonly rawCpuNs: number | null;
  readonly oursWallNs: number | null;
  readonly rawWallNs: number | null;
  readonly pairs: number;
  readonly ratioMin: number;
  readonly ratioMax: number;
  readonly quick: boolean;
}

export const figureOf = (result: Measured, machine: Machine, quick: boolean): Figure => ({
  case: result.name,
  ratio: rounded(result.ratio),
  goal: result.goal?.limit ?? null,
  goalOn: result.goal?.on ?? null,
  goalIs: result.goal?.is ?? null,
  pass: result.pass ?? null,
  unit: result.unit,
  ours: rounded(result.ours),
  raw: rounded(result.raw),
  oursCpuNs: roundedOrNull(result.oursCpuNs),
  rawCpuNs: roundedOrNull(result.rawCpuNs),
  oursWallNs: roundedOrNull(result.oursWallNs),
  rawWallNs: roundedOrNull(result.rawWallNs),
  pairs: result.pairs,
  ratioMin: rounded(result.ratioMin),
  ratioMax: rounded(result.ratioMax),
  ...result.details,
  quick,
  ...machine,
});

/**
 * Returns one result as one line: a {@link Figure}; for a case that could not be measured `problem`
 * instead, and `pass: false`.
 */
export const jsonLine = (result: Result, machine: Machine, quick: boolean): string =>
  JSON.stringify(
    isMeasured(result)
      ? figureOf(result, machine, quick)
      : { ...noFigures, case: result.name, problem: result.problem, quick, ...machine },
  );

const noFigures = { ratio: null, goal: null, pass: false };

const rounded = (value: number): number => Number(value.toPrecision(5));

const roundedOrNull = (value: number | undefined): number | null =>
  value === undefined ? null : rounded(value);
