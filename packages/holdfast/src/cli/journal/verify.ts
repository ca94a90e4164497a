import { describeDamage, verifyJournal, type VerifyReport } from '@holdfast/journal';
import type { Command } from '../arguments/command.js';
import { exitCode } from '../exit-codes.js';
import { count, printable } from '../terminal/format.js';
import { journalChoices, keysOptionSpec, readWithProgress } from './read-journal.js';

export const verify: Command = {
  name: 'journal verify',
  operands: '<directory>',
  brief: 'reads and checks every byte of a journal',
  description:
    'Reads and checks every byte of a journal, and exits with 1 when it is damaged. Writes nothing. The journal may be in use.',
  options: { json: { type: 'boolean', help: 'prints one JSON object' }, ...keysOptionSpec },
  prepare(args) {
    const choices = journalChoices(args);
    const json = args.flag('json');
    return async (context) => {
      const report = await readWithProgress(choices, context, (options) =>
        verifyJournal(choices.directory, options),
      );
      await context.output.write(json ? `${JSON.stringify(report)}\n` : textOf(choices.directory, report));
      return exitCode(report.isSound);
    };
  },
};

function textOf(
  directory: string,
  { isSound, damage, segments, frames, records, bytes }: VerifyReport,
): string {
  const found = damage.map((one) => `  ${printable(describeDamage(one))}\n`).join('');
  const all = [
    count(segments, 'segment'),
    count(frames, 'frame'),
    count(records, 'record'),
    count(bytes, 'byte'),
  ];
  const result = isSound ? 'sound' : 'damaged';
  const advice = isSound
    ? ''
    : "The next start keeps every whole frame and copies damaged parts to quarantine (corruption: 'salvage').\n";
  return `${printable(directory)}: ${result}; ${all.join(', ')}\n${found}${advice}`;
}
