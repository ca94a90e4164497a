import { renderTable, whole, type Column } from '../table.js';
import type { SyscallResult } from './syscalls.js';

const columns: readonly Column<SyscallResult>[] = [
  { title: 'fault', cell: ({ fault }) => fault, words: true },
  { title: 'with', cell: ({ way }) => way, words: true },
  { title: 'calls', cell: ({ struck }) => whole(struck) },
  { title: 'acknowledged', cell: ({ acknowledged }) => whole(acknowledged) },
  { title: 'violations', cell: ({ violations }) => whole(violations.length) },
];

const spelledOut = 10;

export function syscallsReport(results: readonly SyscallResult[]): string {
  const wrong = results.flatMap(({ fault, violations }) =>
    violations.map(({ invariant, message }) => `${fault}: ${invariant}: ${message}\n`),
  );
  const closing = wrong.length === 0 ? 'every promise was kept\n' : `${wrong.length} violations\n`;
  return [renderTable(columns, results), ...wrong.slice(0, spelledOut), closing].join('');
}
