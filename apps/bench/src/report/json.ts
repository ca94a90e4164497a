import { isMeasured, type Result } from '../measure/result.js';
import type { Machine } from './machine.js';

/**
 * One result as one line. `ratio` is ours divided by raw; `goal` is the limit that `goalOn` (`ratio`, or `ours` in `unit`) has to
 * keep, `null` where none was set. CPU and wall time are nanoseconds a record. A case that could not be measured has
 * `problem` instead of figures, and `pass: false`.
 */
export function jsonLine(result: Result, machine: Machine, quick: boolean): string {
  return JSON.stringify({
    ...(isMeasured(result) ? figuresOf(result) : problemOf(result)),
    quick,
    ...machine,
  });
}

const figuresOf = ({ name, goal, ...rest }: Extract<Result, { ratio: number }>): object => ({
  case: name,
  ratio: rounded(rest.ratio),
  goal: goal?.limit ?? null,
  goalOn: goal?.on ?? null,
  goalIs: goal?.is ?? null,
  pass: rest.pass ?? null,
  unit: rest.unit,
  ours: rounded(rest.ours),
  raw: rounded(rest.raw),
  oursCpuNs: rounded(rest.oursCpuNs),
  rawCpuNs: rounded(rest.rawCpuNs),
  oursWallNs: rounded(rest.oursWallNs),
  rawWallNs: rounded(rest.rawWallNs),
  pairs: rest.pairs,
  ratioMin: rounded(rest.ratioMin),
  ratioMax: rounded(rest.ratioMax),
  ...rest.details,
});

const problemOf = ({ name, problem }: Extract<Result, { problem: string }>): object => ({
  case: name,
  ratio: null,
  goal: null,
  pass: false,
  problem,
});

function rounded(value: number | undefined): number | null {
  return value === undefined ? null : Number(value.toPrecision(5));
}
