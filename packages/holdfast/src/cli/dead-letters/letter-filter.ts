import type { StoredDeadLetter } from '@holdfast/dead-letter-queue';
import type { OptionSpecs } from '../arguments/command.js';
import type { Given } from '../arguments/parsed-arguments.js';
import type { Context } from '../context.js';
import { loadFilter } from '../modules/filter-module.js';

export interface FilterChoices {
  readonly codes: readonly string[];
  readonly status: 'failed' | 'unknown' | undefined;
  readonly filter: string | undefined;
}

export const filterOptions: OptionSpecs = {
  code: {
    type: 'string',
    value: '<code>',
    multiple: true,
    help: 'only those with this error code or cause, as UNKNOWN_TOPIC; may be given several times',
  },
  status: {
    type: 'string',
    value: 'failed|unknown',
    help: 'failed: certainly not in their topic; unknown: perhaps; both unless given',
  },
  filter: {
    type: 'string',
    value: '<module>',
    help: 'an ES module whose default export answers with true for the letters that are meant',
  },
};

export const filterChoices = (given: Given): FilterChoices => ({
  codes: given.texts('code'),
  status: given.oneOf('status', ['failed', 'unknown'] as const),
  filter: given.text('filter'),
});

export async function letterFilter(
  { codes, status, filter }: FilterChoices,
  context: Context,
): Promise<(letter: StoredDeadLetter) => boolean> {
  const own = await loadFilter<StoredDeadLetter>(filter, context);
  return (letter) =>
    (codes.length === 0 ||
      [letter.error.code, letter.error.cause].some((code) => code !== undefined && codes.includes(code))) &&
    (status === undefined || letter.status === status) &&
    own(letter);
}
