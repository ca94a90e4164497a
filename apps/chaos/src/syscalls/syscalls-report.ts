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

/** A fault that never struck proves nothing. */
export const isProved = ({ struck, violations }: SyscallResult): boolean =>
  struck > 0 && violations.length === 0;

export function syscallsReport(results: readonly SyscallResult[]): string {
  const wrong = results.flatMap(({ fault, violations }) =>
    violations.map(({ invariant, message }) => `${fault}: ${invariant}: ${message}\n`),
  );
  const missed = results.filter(({ struck }) => struck === 0);
  const never = missed.map(({ fault }) => `${fault}: never struck, and so nothing is proved\n`);
  const closing = results.every(isProved) ? 'every promise was kept\n' : `${wrong.length} violations\n`;
  return [renderTable(columns, results), ...wrong.slice(0, spelledOut), ...never, closing].join('');
}
