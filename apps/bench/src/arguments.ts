import { parseArgs } from 'node:util';
import { UsageError } from './usage-error.js';

/** What the command line asks for. */
export interface Choices {
  /** Parts of the names of cases; empty for all. */
  readonly filters: readonly string[];
  readonly pairs: number;
  /** In one run of our side; undefined: as many as the case says. */
  readonly records: number | undefined;
  readonly quick: boolean;
  readonly json: boolean;
  /** A goal that is missed makes the exit code 1. */
  readonly check: boolean;
  readonly list: boolean;
  /** The figures go to those that are kept in the repository, and into what is made of them. */
  readonly publish: boolean;
  /** Only make these things again, of the figures that are kept. */
  readonly redraw: boolean;
}

const defaultPairs = 7;
const quickPairs = 2;
const mostPairs = 1_000;
const mostRecords = 100_000_000;

/** Answers `'help'` when that is all that was asked for. Throws one {@link UsageError} that names every problem. */
export function parseArguments(argv: readonly string[]): Choices | 'help' {
  const { values, positionals } = parse(argv);
  if (values.help) return 'help';
  const problems: string[] = [];
  const pairs = wholeNumber('--pairs', values.pairs, mostPairs, problems);
  const records = wholeNumber('--records', values.records, mostRecords, problems);
  const filters = [...positionals, ...values.case].flatMap((list) => list.split(','));
  if (filters.includes('')) problems.push('--case: a part of the name of a case, not nothing');
  const { quick, json, check, list, publish, redraw } = values;
  if (publish && quick) problems.push('--publish: not with --quick, whose figures mean nothing');
  if (problems.length > 0) throw new UsageError(problems.join('; '));
  const defaults = quick ? quickPairs : defaultPairs;
  return { filters, pairs: pairs ?? defaults, records, quick, json, check, list, publish, redraw };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        case: { type: 'string', multiple: true, default: [] },
        pairs: { type: 'string' },
        records: { type: 'string' },
        quick: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        check: { type: 'boolean', default: false },
        list: { type: 'boolean', default: false },
        publish: { type: 'boolean', default: false },
        redraw: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function wholeNumber(
  option: string,
  text: string | undefined,
  most: number,
  problems: string[],
): number | undefined {
  if (text === undefined) return undefined;
  const number = /^\d+$/.test(text) ? Number(text) : NaN;
  if (number >= 1 && number <= most) return number;
  problems.push(`${option}: a whole number from 1 to ${most}, not '${text}'`);
  return undefined;
}
