import { describeDamage, verifyJournal, type VerifyReport } from '@holdfast/journal';
import type { Command } from '../arguments/command.js';
import { verdict } from '../exit-codes.js';
import { count, printable } from '../terminal/format.js';
import { journalChoices, keysOption, reading } from './read-journal.js';

export const verify: Command = {
  name: 'journal verify',
  operands: '<directory>',
  brief: 'reads every byte of a journal and checks it',
  does: 'Reads every byte of a journal and checks it; ends with 1 when it is damaged. Writes nothing; the journal may be in use.',
  options: { json: { type: 'boolean', help: 'one JSON object' }, ...keysOption },
  prepare(given) {
    const choices = journalChoices(given);
    const json = given.flag('json');
    return async (context) => {
      const report = await reading(choices, context, (options) => verifyJournal(choices.directory, options));
      await context.output.write(json ? `${JSON.stringify(report)}\n` : textOf(choices.directory, report));
      return verdict(report.isSound);
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
  const words = isSound ? 'sound' : 'damaged';
  const advice = isSound
    ? ''
    : "The next start keeps every whole frame, and copies what is damaged to quarantine (corruption: 'salvage').\n";
  return `${printable(directory)}: ${words}; ${all.join(', ')}\n${found}${advice}`;
}
