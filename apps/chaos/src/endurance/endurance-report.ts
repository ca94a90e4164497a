import { whole } from '../table.js';
import type { EnduranceResult, Memory } from './result.js';

const mebi = (bytes: number): string => `${whole(Math.round(bytes / 1024 / 1024))} MiB`;
const memoryWords = ({ rssBytes, heapBytes }: Memory): string =>
  `${mebi(rssBytes)} (heap ${mebi(heapBytes)})`;

/** Returns the figures of a run and its problems, one per line. */
export function enduranceReport(result: EnduranceResult): string {
  const { memory, problems } = result;
  const lines = {
    sent: `${whole(result.sent)} in ${result.seconds} s, of these accepted ${whole(result.accepted)}, refused ${whole(result.refused)}`,
    'in the topic': `lost ${whole(result.lost)}, duplicated ${whole(result.duplicated)}, out of order ${whole(result.outOfOrder)}, foreign ${whole(result.foreign)}`,
    backlog: `${whole(result.mostBacklogRecords)} records at most`,
    disk: `${mebi(result.mostDiskBytes)} at most; the limit was ${mebi(result.maxBytes)}`,
    memory: `${memoryWords(memory.first)} in the first third, ${memoryWords(memory.last)} in the last; at most ${mebi(result.mostRssBytes)}`,
  };
  const body = Object.entries(lines).map(([name, words]) => `${name.padEnd(14)}${words}\n`);
  const closing =
    problems.length === 0 ? ['every promise was kept\n'] : problems.map((words) => `${words}\n`);
  return [...body, ...closing].join('');
}
