import type { StoredDeadLetter } from '@holdfast/dead-letter-queue';
import type { OptionSpecs } from '../arguments/command.js';
import type { ParsedArguments } from '../arguments/parsed-arguments.js';
import type { Context } from '../context.js';
import { loadFilter } from '../modules/filter-module.js';

export interface FilterChoices {
  readonly codes: readonly string[];
  readonly status: 'failed' | 'unknown' | undefined;
  readonly filter: string | undefined;
}

export const filterOptionSpecs: OptionSpecs = {
  code: {
    type: 'string',
    value: '<code>',
    multiple: true,
    help: 'only letters with this error code or cause, such as UNKNOWN_TOPIC; repeatable',
  },
  status: {
    type: 'string',
    value: 'failed|unknown',
    help: 'failed: certainly not in their topic; unknown: possibly; default: both',
  },
  filter: {
    type: 'string',
    value: '<module>',
    help: 'an ES module whose default export returns true for the letters to include',
  },
};

export const filterChoices = (args: ParsedArguments): FilterChoices => ({
  codes: args.texts('code'),
  status: args.oneOf('status', ['failed', 'unknown'] as const),
  filter: args.text('filter'),
});

export async function letterFilter(
  { codes, status, filter }: FilterChoices,
  context: Context,
): Promise<(letter: StoredDeadLetter) => boolean> {
  const userFilter = await loadFilter<StoredDeadLetter>(filter, context);
  return (letter) =>
    (codes.length === 0 ||
      [letter.error.code, letter.error.cause].some((code) => code !== undefined && codes.includes(code))) &&
    (status === undefined || letter.status === status) &&
    userFilter(letter);
}
