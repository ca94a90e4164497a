import type { Act, Chain, Client, Way } from '../names.js';
import type { Ledger } from './ledger.js';
import type { Tally } from './tally.js';
import type { Verdict } from './verdict.js';

/** One row of the table. */
export interface Result extends Verdict {
  readonly client: Client;
  readonly chain: Chain;
  readonly act: Act;
  /** Undefined where the act has only one. */
  readonly way: Way | undefined;
  readonly errors: Ledger['errors'];
  readonly uncaught: Ledger['uncaught'];
  /** Undefined for a plain client. */
  readonly tally: Tally | undefined;
}

interface Found {
  readonly ledger: Ledger;
  readonly verdict: Verdict;
  readonly tally: Tally | undefined;
}

export function resultOf(
  { client, act }: Pick<Result, 'client' | 'act'>,
  { chain, way }: Pick<Result, 'chain' | 'way'>,
  { ledger: { errors, uncaught }, verdict, tally }: Found,
): Result {
  return { client, chain, act, way, ...verdict, errors, uncaught, tally };
}

/**
 * Returns a description of each promise that Holdfast broke; none for the plain client, which
 * promised nothing.
 */
export function brokenPromises(result: Result): string[] {
  if (result.chain === 'plain') return [];
  const broken: string[] = [];
  const check = (count: number, words: string): void => {
    if (count > 0) broken.push(`${count} ${words}`);
  };
  // Nothing was promised for records that had no answer when the process was killed.
  const wasKilled = result.act === 'kill';
  if (!wasKilled) check(result.lost, 'lost');
  check(result.acknowledgedButLost, 'lost although acknowledged');
  check(result.outOfOrder, 'out of order within their key');
  check(result.unexplainedDuplicates, 'duplicated without ever having been `unknown`');
  check(result.foreign, 'in the topic that were never sent');
  if (!wasKilled) check(result.unanswered, 'without an answer');
  check(result.uncaught.length, `uncaught exceptions (${result.uncaught[0] ?? ''})`);
  if (result.tally === undefined) return [...broken, 'no count of where the records are'];
  const { unaccounted, breaches, deadLettered, replayed, replayedAgain } = result.tally;
  check(unaccounted, 'that no topic, no dead letter and no count accounts for');
  check(breaches.length, `breaches of conservation during the run (${breaches[0] ?? ''})`);
  check(deadLettered - replayed, 'dead letters that were not replayed');
  check(replayedAgain, 'replayed a second time');
  return broken;
}

export function exitCodeOf(results: readonly Result[]): 0 | 1 {
  return results.some((result) => brokenPromises(result).length > 0) ? 1 : 0;
}
