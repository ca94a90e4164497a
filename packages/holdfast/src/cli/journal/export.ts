import { exportJournal, type Damage } from '@holdfast/journal';
import type { Command } from '../arguments/command.js';
import { verdict } from '../exit-codes.js';
import { OutputFile } from '../terminal/output-file.js';
import { inChunks } from '../terminal/in-chunks.js';
import { ProgressLine } from '../terminal/progress-line.js';
import { count } from '../terminal/format.js';
import type { Context } from '../context.js';
import { loadKeys } from '../modules/keys-module.js';
import { expectJournal } from '../path-kind.js';
import { DamageFound } from './damage-report.js';
import { journalChoices, keysOption, type JournalChoices } from './read-journal.js';

interface ExportChoices extends JournalChoices {
  readonly output: string | undefined;
  readonly onlyLive: boolean;
}

export const exportAll: Command = {
  name: 'journal export',
  operands: '<directory>',
  brief: 'every record of a journal as a line of JSON',
  does: 'Writes every record of a journal, keys and values included, as a line of JSON each. The journal may be in use.',
  options: {
    output: { type: 'string', value: '<file>', help: 'a new file, mode 0600; stdout unless given' },
    'only-live': { type: 'boolean', help: 'leaves out what Kafka has' },
    ...keysOption,
  },
  prepare(given) {
    const choices = {
      ...journalChoices(given),
      output: given.text('output'),
      onlyLive: given.flag('only-live'),
    };
    return (context) => run(choices, context);
  },
};

async function run({ directory, keys, output, onlyLive }: ExportChoices, context: Context): Promise<number> {
  const { disk, signal, stderr, clock } = context;
  await expectJournal(disk, directory);
  const found = new DamageFound();
  let exported = 0;
  const lines = exportJournal(directory, {
    disk,
    signal,
    keys: await loadKeys(keys, context),
    onlyLive,
    onDamage: (one: Damage) => found.add(one),
  });
  const counted = async function* (): AsyncGenerator<string> {
    for await (const line of lines) {
      exported++;
      yield line;
    }
  };
  const words = (): string => `exported ${count(exported, 'record')}`;
  // Lines on a terminal and a line of progress would write over each other.
  const shown =
    output === undefined && context.output.isTTY ? undefined : new ProgressLine(stderr, clock, words);
  try {
    if (output === undefined) {
      for await (const chunk of inChunks(counted())) if (!(await context.output.write(chunk))) break;
    } else await OutputFile.write(disk, output, inChunks(counted()));
  } finally {
    shown?.end();
  }
  if (output !== undefined) context.say(`${words()} to ${output}`);
  found.tell(context);
  return verdict(found.isHarmless);
}
