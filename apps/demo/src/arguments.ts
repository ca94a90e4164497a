import { parseArgs } from 'node:util';
import { acts, clients, shortActs, type Act, type Client } from './names.js';
import { UsageError } from './usage-error.js';

/** What the command line asks for. */
export interface Choices {
  readonly clients: readonly Client[];
  readonly acts: readonly Act[];
  /** Every act at full length; else a short form. */
  readonly full: boolean;
  /** A second, for each of the two chains. */
  readonly rate: number;
  /** For each chain and act; undefined: as many as fit into the act at `rate`. */
  readonly records: number | undefined;
  readonly json: boolean;
  /** The first port for `/metrics` of Holdfast's services; undefined: none is served. */
  readonly metricsPort: number | undefined;
}

export const defaultRate = 1_000;
const mostRecords = 10_000_000;
const highestRate = 50_000;
/** Of OpenTelemetry's Prometheus exporter: https://github.com/prometheus/prometheus/wiki/Default-port-allocations */
export const defaultMetricsPort = 9_464;
/** An act has three services of Holdfast at most, each with a port of its own. */
const highestPort = 65_533;

/** Answers `'help'` when that is all that was asked for. Throws one {@link UsageError} that names every problem. */
export function parseArguments(argv: readonly string[]): Choices | 'help' {
  const { values } = parse(argv);
  if (values.help) return 'help';
  const problems: string[] = [];
  const choices: Choices = {
    clients: chosen('--client', values.client, clients, values.all ? clients : ['kafkajs'], problems),
    acts: chosen('--act', values.act, acts, values.all ? acts : shortActs, problems),
    full: values.all,
    rate: wholeNumber('--rate', values.rate, highestRate, problems) ?? defaultRate,
    records: wholeNumber('--records', values.records, mostRecords, problems),
    json: values.json,
    metricsPort:
      wholeNumber('--metrics-port', values['metrics-port'], highestPort, problems) ??
      (values.metrics ? defaultMetricsPort : undefined),
  };
  if (problems.length > 0) throw new UsageError(problems.join('; '));
  return choices;
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        all: { type: 'boolean', default: false },
        client: { type: 'string', multiple: true },
        act: { type: 'string', multiple: true },
        records: { type: 'string' },
        rate: { type: 'string' },
        json: { type: 'boolean', default: false },
        metrics: { type: 'boolean', default: false },
        'metrics-port': { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** Each value may be given several times, or as a list with commas; the order is that of `known`. */
function chosen<T extends string>(
  option: string,
  given: readonly string[] | undefined,
  known: readonly T[],
  otherwise: readonly T[],
  problems: string[],
): readonly T[] {
  if (given === undefined) return otherwise;
  const names = given.flatMap((list) => list.split(',')).map((name) => name.trim());
  for (const name of names) {
    if (!known.some((one) => one === name)) problems.push(`${option}: ${known.join(', ')}, not '${name}'`);
  }
  return known.filter((one) => names.includes(one));
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
