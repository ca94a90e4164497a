import { exportJournal, type Damage } from '@holdfast/journal';
import type { Command } from '../arguments/command.js';
import { exitCode } from '../exit-codes.js';
import { OutputFile } from '../terminal/output-file.js';
import { inChunks } from '../terminal/in-chunks.js';
import { ProgressLine } from '../terminal/progress-line.js';
import { count } from '../terminal/format.js';
import type { Context } from '../context.js';
import { loadKeys } from '../modules/keys-module.js';
import { expectJournal } from '../path-kind.js';
import { DamageReport } from './damage-report.js';
import { journalChoices, keysOptionSpec, type JournalChoices } from './read-journal.js';

interface ExportChoices extends JournalChoices {
  readonly output: string | undefined;
  readonly onlyLive: boolean;
}

export const exportAll: Command = {
  name: 'journal export',
  operands: '<directory>',
  brief: 'prints every record of a journal as a line of JSON',
  description:
    'Writes every record of a journal, with key and value, as one line of JSON. The journal may be in use.',
  options: {
    output: { type: 'string', value: '<file>', help: 'a new file, with mode 0600; default: stdout' },
    'only-live': { type: 'boolean', help: 'skips records that Kafka has' },
    ...keysOptionSpec,
  },
  prepare(args) {
    const choices = {
      ...journalChoices(args),
      output: args.text('output'),
      onlyLive: args.flag('only-live'),
    };
    return (context) => run(choices, context);
  },
};

async function run({ directory, keys, output, onlyLive }: ExportChoices, context: Context): Promise<number> {
  const { disk, signal, stderr, clock } = context;
  await expectJournal(disk, directory);
  const damage = new DamageReport();
  let exported = 0;
  const lines = exportJournal(directory, {
    disk,
    signal,
    keys: await loadKeys(keys, context),
    onlyLive,
    onDamage: (one: Damage) => damage.add(one),
  });
  const counted = async function* (): AsyncGenerator<string> {
    for await (const line of lines) {
      exported++;
      yield line;
    }
  };
  const summary = (): string => `exported ${count(exported, 'record')}`;
  // On a terminal, the records and the line of progress would overwrite each other.
  const progress =
    output === undefined && context.output.isTTY ? undefined : new ProgressLine(stderr, clock, summary);
  try {
    if (output === undefined) {
      for await (const chunk of inChunks(counted())) if (!(await context.output.write(chunk))) break;
    } else await OutputFile.write(disk, output, inChunks(counted()));
  } finally {
    progress?.end();
  }
  if (output !== undefined) context.log(`${summary()} to ${output}`);
  damage.log(context);
  return exitCode(damage.isHarmless);
}
