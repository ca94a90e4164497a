import { commandSpec, optionsHelp, readCommandLine } from '@holdfast/kafka/command-line';

/** What the command line asks for. */
export interface Choices {
  /** Parts of the names of cases; empty for all. */
  readonly filters: readonly string[];
  readonly pairs: number;
  /** In one run of our side; undefined: as many as the case defines. */
  readonly records: number | undefined;
  readonly quick: boolean;
  readonly json: boolean;
  /** A missed goal makes the exit code 1. */
  readonly check: boolean;
  readonly list: boolean;
  /**
   * Adds the figures to the published ones in the repository, and redraws the table and the chart.
   */
  readonly publish: boolean;
  /** Only redraws the table and the chart from the published figures. */
  readonly redraw: boolean;
}

const defaultPairs = 7;
const quickPairs = 2;
const mostPairs = 1_000;
const mostRecords = 100_000_000;

const bench = commandSpec({
  operands: '[part of a name ...]',
  options: {
    case: {
      value: '<part>',
      help: 'only the cases whose name contains it, as without --case; several are allowed',
    },
    list: { help: 'the names of the cases, their goals and what they compare' },
    pairs: {
      value: '<n>',
      help: `pairs of runs that count, after a warm-up pair that does not (default ${defaultPairs})`,
    },
    records: { value: '<n>', help: "records in one run (default: about a second's worth)" },
    quick: {
      help: `a smoke test: ${quickPairs} pairs and a twentieth of the records; the figures mean nothing`,
    },
    check: { help: 'exit code 1 when a goal is missed' },
    publish: {
      help: `also keeps the figures in apps/bench/figures.jsonl, and redraws the README's table and
docs/figures/throughput.svg from all kept figures`,
    },
    redraw: { help: 'redraws both, and measures nothing' },
    json: { help: 'results as one JSON object per line on stdout, everything else on stderr' },
  },
  read(given): Choices {
    const [quick, publish] = [given.flag('quick'), given.flag('publish')];
    const filters = [...given.operands, ...given.texts('case')].flatMap((list) => list.split(','));
    const choices = {
      filters,
      pairs: given.wholeNumber('pairs', 1, mostPairs) ?? (quick ? quickPairs : defaultPairs),
      records: given.wholeNumber('records', 1, mostRecords),
      ...{ quick, publish },
      json: given.flag('json'),
      check: given.flag('check'),
      list: given.flag('list'),
      redraw: given.flag('redraw'),
    };
    if (filters.includes('')) given.refuse('--case: part of the name of a case, not an empty string');
    if (publish && quick) given.refuse('--publish: not with --quick, whose figures mean nothing');
    return choices;
  },
});

/** Returns `'help'` when the user asks for it. Throws one `UsageError` that names every problem. */
export const parseArguments = (argv: readonly string[]): Choices | 'help' => readCommandLine(argv, bench);

export const help = `npm run bench [-- options] ${bench.operands}

Measures Holdfast against the same work done without it, in interleaved pairs of runs; each figure is the median over
the pairs. Real Kafka and the mock cluster run in processes of their own, and so does each case. Without options: every
case, about half an hour.

${optionsHelp(bench.options)}
Without --json it prints a table, and writes a plot and the figures to apps/bench/results/.

Exit code: 0 measured; 1 a goal was missed, with --check; 2 the options are wrong; 3 a case could not be measured.
`;
