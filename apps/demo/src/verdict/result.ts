import type { Act, Chain, Client } from '../names.js';
import type { Ledger } from './ledger.js';
import type { Verdict } from './verdict.js';

/** One row of the table. */
export interface Result extends Verdict {
  readonly client: Client;
  readonly chain: Chain;
  readonly act: Act;
  readonly errors: Ledger['errors'];
  readonly uncaught: Ledger['uncaught'];
}

/** What Holdfast promised and did not keep, in words; nothing for the plain client, which promised nothing. */
export function brokenPromises(result: Result): string[] {
  if (result.chain === 'plain') return [];
  const broken: string[] = [];
  const check = (count: number, words: string): void => {
    if (count > 0) broken.push(`${count} ${words}`);
  };
  // What had no answer when the process was killed was never promised.
  const wasKilled = result.act === 'kill';
  if (!wasKilled) check(result.lost, 'lost');
  check(result.acknowledgedButLost, 'lost although acknowledged');
  check(result.outOfOrder, 'out of order within their key');
  check(result.unexplainedDuplicates, 'duplicated without ever having been `unknown`');
  check(result.foreign, 'in the topic that were never sent');
  if (!wasKilled) check(result.unanswered, 'without an answer');
  check(result.uncaught.length, `uncaught exceptions (${result.uncaught[0] ?? ''})`);
  return broken;
}

export function exitCodeOf(results: readonly Result[]): 0 | 1 {
  return results.some((result) => brokenPromises(result).length > 0) ? 1 : 0;
}
