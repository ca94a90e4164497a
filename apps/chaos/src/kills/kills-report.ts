import { renderTable, whole, type Column } from '../table.js';
import type { RoundResult } from './round.js';

const columns: readonly Column<Totals>[] = [
  { title: 'round', cell: ({ name }) => name, words: true },
  { title: 'kills', cell: ({ kills }) => whole(kills) },
  { title: 'in recovery', cell: ({ killedRecoveries }) => whole(killedRecoveries) },
  { title: 'brokers', cell: ({ brokerTroubles }) => whole(brokerTroubles) },
  { title: 'sent', cell: ({ sent }) => whole(sent) },
  { title: 'acknowledged', cell: ({ acknowledged }) => whole(acknowledged) },
  { title: 'recovered', cell: ({ resent }) => whole(resent) },
  { title: 'in topic', cell: ({ inTopic }) => whole(inTopic) },
  { title: 'duplicated', cell: ({ duplicated }) => whole(duplicated) },
  { title: 'unexplained', cell: ({ unexplained }) => whole(unexplained) },
  { title: 'lost', cell: ({ lost }) => whole(lost) },
  { title: 'out of order', cell: ({ outOfOrder }) => whole(outOfOrder) },
  { title: 'violations', cell: ({ violations }) => whole(violations) },
];

interface Totals {
  readonly name: string;
  readonly kills: number;
  readonly killedRecoveries: number;
  readonly brokerTroubles: number;
  readonly sent: number;
  readonly acknowledged: number;
  readonly resent: number;
  readonly inTopic: number;
  readonly duplicated: number;
  readonly unexplained: number;
  readonly lost: number;
  readonly outOfOrder: number;
  readonly violations: number;
}

function totalsOf({ plan, verdict, kills, killedRecoveries, brokerTroubles }: RoundResult): Totals {
  const { acknowledge, fsync } = plan.journal;
  return {
    ...verdict,
    name: `${plan.number + 1} ${plan.client} ${acknowledge} ${fsync}`,
    kills: Object.values(kills).reduce((sum, count) => sum + count, 0),
    killedRecoveries,
    brokerTroubles,
    violations: verdict.violations.length,
  };
}

function sumOf(all: readonly Totals[]): Totals {
  const sum = (of: (one: Totals) => number): number => all.reduce((total, one) => total + of(one), 0);
  return {
    name: 'all',
    kills: sum(({ kills }) => kills),
    killedRecoveries: sum(({ killedRecoveries }) => killedRecoveries),
    brokerTroubles: sum(({ brokerTroubles }) => brokerTroubles),
    sent: sum(({ sent }) => sent),
    acknowledged: sum(({ acknowledged }) => acknowledged),
    resent: sum(({ resent }) => resent),
    inTopic: sum(({ inTopic }) => inTopic),
    duplicated: sum(({ duplicated }) => duplicated),
    unexplained: sum(({ unexplained }) => unexplained),
    lost: sum(({ lost }) => lost),
    outOfOrder: sum(({ outOfOrder }) => outOfOrder),
    violations: sum(({ violations }) => violations),
  };
}

/** Returns one line of `--json`. */
export function killsLine(result: RoundResult, seed: number): string {
  const { plan, verdict, kills, killedRecoveries, brokerTroubles, seconds } = result;
  const { violations, ...counts } = verdict;
  const { client, number, journal } = plan;
  return JSON.stringify({
    ...{ command: 'kills', seed, round: number + 1, client, ...journal },
    ...{ kills: totalsOf(result).kills, killsAt: kills, killedRecoveries, brokerTroubles },
    ...{ ...counts, violations: violations.map(({ invariant, message }) => `${invariant}: ${message}`) },
    seconds: Math.round(seconds * 10) / 10,
  });
}

const spelledOut = 10;

/** Returns the table of all rounds, and the violations. */
export function killsReport(results: readonly RoundResult[], seed: number): string {
  const rounds = results.map(totalsOf);
  const violations = results.flatMap(({ verdict }) => verdict.violations);
  const words = violations.slice(0, spelledOut).map(({ invariant, message }) => `${invariant}: ${message}\n`);
  const rows = rounds.length > 1 ? [...rounds, sumOf(rounds)] : rounds;
  const closing =
    violations.length === 0
      ? 'every promise was kept\n'
      : `${violations.length} violations; repeat the plan with --seed ${seed}\n`;
  return [renderTable(columns, rows), ...words, closing].join('');
}
