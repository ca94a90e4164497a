import type { Goal } from '../measure/goal.js';
import type { Unit } from '../measure/result.js';

/**
 * Rounds to three significant digits, with separated thousands, whatever the machine's language.
 */
export const figure = (value: number): string =>
  value.toLocaleString('en-US', { maximumSignificantDigits: value >= 1_000 ? 4 : 3 });

export const ratioText = (ratio: number): string => ratio.toFixed(ratio < 10 ? 3 : 1);

export function goalText({ on, is, limit }: Goal, unit: Unit): string {
  const sign = { 'at least': '≥', 'at most': '≤', within: 'within ×' }[is];
  return on === 'ratio' ? `${sign} ${limit}` : `${sign} ${limit} ${unit}`;
}
