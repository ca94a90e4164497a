import { renderTable, whole, type Column } from '../table.js';
import type { OutageResult } from './outages.js';

const columns: readonly Column<OutageResult>[] = [
  { title: 'chain', cell: ({ client, journal }) => `${client}${journal ? ', journal' : ''}`, words: true },
  {
    title: 'brokers away',
    cell: ({ outageSeconds, moment }) => `${outageSeconds} s, ${moment}`,
    words: true,
  },
  { title: 'sent', cell: ({ sent }) => whole(sent) },
  { title: 'acknowledged', cell: ({ acknowledged }) => whole(acknowledged) },
  { title: 'in topic', cell: ({ inTopic }) => whole(inTopic) },
  { title: 'duplicated', cell: ({ duplicated }) => whole(duplicated) },
  { title: 'failed', cell: ({ failed, unknown, deadLettered }) => whole(failed + unknown + deadLettered) },
  { title: 'lost', cell: ({ lost }) => whole(lost) },
  { title: 'out of order', cell: ({ outOfOrder }) => whole(outOfOrder) },
  { title: 'slowest answer', cell: ({ slowestMs }) => `${(slowestMs / 1_000).toFixed(1)} s` },
];

const spelledOut = 10;

/**
 * All records given to each chain must be in its topic, in order: an outage this short is no reason
 * to give up.
 */
export const isKept = ({ violations, sent, acknowledged }: OutageResult): boolean =>
  violations.length === 0 && acknowledged === sent;

export function outagesReport(results: readonly OutageResult[]): string {
  const wrong = results.flatMap(({ violations }) => violations);
  const said = wrong.slice(0, spelledOut).map(({ invariant, message }) => `${invariant}: ${message}\n`);
  const closing = results.every(isKept)
    ? 'every promise was kept\n'
    : `${results.filter((one) => !isKept(one)).length} of ${results.length} chains broke one\n`;
  return [renderTable(columns, results), ...said, closing].join('');
}
