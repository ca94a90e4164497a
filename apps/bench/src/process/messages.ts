import type { Result } from '../measure/result.js';

/** What the process of a case is told, as JSON in its one argument. */
export interface CaseOrder {
  readonly name: string;
  readonly pairs: number;
  readonly records?: number | undefined;
  readonly quick: boolean;
  readonly brokers: readonly string[];
  readonly topic: string;
}

/** What it says. */
export type CaseReport =
  | { readonly type: 'log'; readonly line: string }
  | { readonly type: 'result'; readonly result: Result };

export const isReport = (message: unknown): message is CaseReport =>
  typeof message === 'object' && message !== null && 'type' in message;
