import type { ReadJournalOptions } from '@holdfast/journal';
import type { OptionSpecs } from '../arguments/command.js';
import type { ParsedArguments } from '../arguments/parsed-arguments.js';
import type { Context } from '../context.js';
import { expectJournal } from '../path-kind.js';
import { loadKeys } from '../modules/keys-module.js';
import { ProgressLine } from '../terminal/progress-line.js';
import { megabytes } from '../terminal/format.js';

export const keysOptionSpec: OptionSpecs = {
  keys: {
    type: 'string',
    value: '<module>',
    help: 'for an encrypted journal: an ES module whose default export is [{ id, key }]',
  },
};

export interface JournalChoices {
  readonly directory: string;
  readonly keys: string | undefined;
}

export const journalChoices = (args: ParsedArguments): JournalChoices => ({
  directory: args.requiredOperand('the directory of the journal'),
  keys: args.text('keys'),
});

/**
 * Runs `read` with the options that every function for reading a journal takes, and shows its
 * progress.
 */
export async function readWithProgress<T>(
  { directory, keys }: JournalChoices,
  context: Context,
  read: (options: ReadJournalOptions) => Promise<T>,
): Promise<T> {
  const { disk, signal } = context;
  await expectJournal(disk, directory);
  const options = { disk, signal, keys: await loadKeys(keys, context) };
  let text = 'reading the journal';
  const progress = new ProgressLine(context.stderr, context.clock, () => text);
  const onProgress = (done: number, all: number): void => {
    text = `read ${megabytes(done)} of ${megabytes(all)}`;
  };
  try {
    return await read({ ...options, onProgress });
  } finally {
    progress.end();
  }
}
