import { describeDamage, inspectJournal, type JournalReport, type SegmentReport } from '@holdfast/journal';
import type { Command } from '../arguments/command.js';
import { exitCodes } from '../exit-codes.js';
import { count, dateOf, figure, printable, table } from '../terminal/format.js';
import { journalChoices, keysOptionSpec, readWithProgress } from './read-journal.js';

export const inspect: Command = {
  name: 'journal inspect',
  operands: '<directory>',
  brief: 'shows the segments of a journal and its waiting records',
  description:
    'Shows the segments of a journal, and how many records wait to be sent. Writes nothing. The journal may be in use.',
  options: { json: { type: 'boolean', help: 'prints one JSON object' }, ...keysOptionSpec },
  prepare(args) {
    const choices = journalChoices(args);
    const json = args.flag('json');
    return async (context) => {
      const report = await readWithProgress(choices, context, (options) =>
        inspectJournal(choices.directory, options),
      );
      await context.output.write(json ? `${JSON.stringify(report)}\n` : textOf(report));
      return exitCodes.ok.code;
    };
  },
};

function textOf({ directory, segments, totals, damage }: JournalReport): string {
  const { records, acknowledged, live, frames, bytes } = totals;
  return `${printable(directory)}: ${count(live, 'record')} waiting to be sent
${count(records, 'record')}, ${figure(acknowledged)} acknowledged, in ${count(frames, 'frame')}; ${count(segments.length, 'segment')}, ${count(bytes, 'byte')}
${segments.length === 0 ? '' : `\n${table(head, segments.map(rowOf))}`}${damage.map((one) => `${printable(describeDamage(one))}\n`).join('')}`;
}

const head = ['segment', 'created', 'bytes', 'used', 'frames', 'records', 'waiting', 'first', 'ended', 'key'];

const rowOf = (one: SegmentReport): (string | number)[] => [
  one.number,
  one.createdAt === undefined ? '?' : dateOf(one.createdAt),
  one.bytes,
  one.usedBytes,
  one.frames,
  one.records,
  one.live,
  one.firstSequence === undefined ? '-' : figure(one.firstSequence),
  one.ended ?? '-',
  printable(one.keyId ?? '-'),
];
