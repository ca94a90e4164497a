import type { BenchCase } from '../cases/bench-case.js';
import { goalText } from './numbers.js';

/** Returns the output of `--list`. */
export function renderList(cases: readonly BenchCase[]): string {
  const width = Math.max(...cases.map(({ name }) => name.length));
  const lines = cases.map(({ name, goal, unit, summary }) => {
    const wanted = goal === undefined ? '' : ` (goal: ${goalText(goal, unit)})`;
    return `${name.padEnd(width)}  ${summary}${wanted}`;
  });
  return `${lines.join('\n')}\n`;
}
