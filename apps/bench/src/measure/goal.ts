/** What a case has to reach. */
export interface Goal {
  /** The median of the pairs' ratios, or the median of our own figures in the unit of the case. */
  readonly on: 'ratio' | 'ours';
  /** `within`: at most this many times more or less. */
  readonly is: 'at least' | 'at most' | 'within';
  readonly limit: number;
}

export const ratioAtLeast = (limit: number): Goal => ({ on: 'ratio', is: 'at least', limit });
export const ratioAtMost = (limit: number): Goal => ({ on: 'ratio', is: 'at most', limit });
export const ratioWithin = (limit: number): Goal => ({ on: 'ratio', is: 'within', limit });
export const oursAtMost = (limit: number): Goal => ({ on: 'ours', is: 'at most', limit });

export function reached(goal: Goal, figures: { readonly ratio: number; readonly ours: number }): boolean {
  const figure = figures[goal.on];
  const { is, limit } = goal;
  if (is === 'within') return figure <= limit && figure >= 1 / limit;
  return is === 'at least' ? figure >= limit : figure <= limit;
}
