/** What a case has to reach. */
export interface Goal {
  /** The median of the pairs' ratios, or the median of our own figures in the unit of the case. */
  readonly on: 'ratio' | 'ours';
  readonly is: 'at least' | 'at most';
  readonly limit: number;
}

export const ratioAtLeast = (limit: number): Goal => ({ on: 'ratio', is: 'at least', limit });
export const ratioAtMost = (limit: number): Goal => ({ on: 'ratio', is: 'at most', limit });
export const oursAtMost = (limit: number): Goal => ({ on: 'ours', is: 'at most', limit });

export function reached(goal: Goal, figures: { readonly ratio: number; readonly ours: number }): boolean {
  const figure = figures[goal.on];
  return goal.is === 'at least' ? figure >= goal.limit : figure <= goal.limit;
}
