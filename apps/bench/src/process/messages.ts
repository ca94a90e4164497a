import type { Result } from '../measure/result.js';

/** The input of a case's process, as JSON in its one argument. */
export interface CaseOrder {
  readonly name: string;
  readonly pairs: number;
  readonly records?: number | undefined;
  readonly quick: boolean;
  readonly brokers: readonly string[];
  readonly topic: string;
}

/** Its messages. */
export type CaseReport =
  | { readonly type: 'log'; readonly line: string }
  | { readonly type: 'result'; readonly result: Result };

export const isReport = (message: unknown): message is CaseReport =>
  typeof message === 'object' && message !== null && 'type' in message;
