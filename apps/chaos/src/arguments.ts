import { parseArgs, type ParseArgsConfig } from 'node:util';
import { acknowledges, clients, fsyncs, type Acknowledge, type Client, type Fsync } from './names.js';
import { UsageError } from './usage-error.js';

export interface KillsChoices {
  readonly command: 'kills';
  readonly kills: number;
  readonly clients: readonly Client[];
  /** Undefined: a new one. */
  readonly seed: number | undefined;
  /** Undefined: both in turn. */
  readonly acknowledge: Acknowledge | undefined;
  /** Undefined: mixed. */
  readonly fsync: Fsync | undefined;
  readonly brokers: 1 | 3;
  /** Mean time between two troubles of the brokers; `Infinity`: none. */
  readonly troubleEveryMs: number;
  readonly sabotage: boolean;
  readonly json: boolean;
}

export interface EnduranceChoices {
  readonly command: 'endurance';
  readonly seconds: number;
  readonly client: Exclude<Client, 'file'>;
  readonly json: boolean;
}

export interface SyscallsChoices {
  readonly command: 'syscalls';
  /** Undefined: strace where it works, else the disk of the victim's own. */
  readonly way: 'strace' | 'disk' | undefined;
  /** Of all calls that there are, every so manieth. */
  readonly every: number;
  readonly json: boolean;
}

export interface OutagesChoices {
  readonly command: 'outages';
  readonly times: number;
  /** How long no broker is there. */
  readonly seconds: number;
  readonly json: boolean;
}

export type Choices = KillsChoices | EnduranceChoices | SyscallsChoices | OutagesChoices;

const commands = ['kills', 'endurance', 'syscalls', 'outages'] as const;
export const defaultKills = 100;
export const defaultTroubleSeconds = 8;
export const defaultSeconds = 60;
export const longSeconds = 600;
export const defaultEvery = 5;
export const defaultTimes = 3;
export const defaultOutageSeconds = 50;

type Values = { readonly [option: string]: string | boolean | undefined };

/** Answers `'help'` when that is all that was asked for. Throws one {@link UsageError} that names every problem. */
export function parseArguments(argv: readonly string[]): Choices | 'help' {
  const [name, ...rest] = argv;
  if (name === undefined) throw new UsageError(`one of ${commands.join(', ')} has to be named`);
  if (name === '--help' || name === '-h') return 'help';
  const command = commands.find((one) => one === name);
  if (command === undefined) throw new UsageError(`the commands are ${commands.join(', ')}, not '${name}'`);
  const values = parse(rest, optionsOf[command]);
  if (values['help'] === true) return 'help';
  const problems: string[] = [];
  const choices = choicesOf[command](new Reader(values, problems));
  if (problems.length > 0) throw new UsageError(problems.join('; '));
  return choices;
}

const common = {
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

const optionsOf: { readonly [command in Choices['command']]: ParseArgsConfig['options'] & object } = {
  kills: {
    ...common,
    kills: { type: 'string' },
    client: { type: 'string' },
    seed: { type: 'string' },
    acknowledge: { type: 'string' },
    fsync: { type: 'string' },
    brokers: { type: 'string' },
    trouble: { type: 'string' },
    sabotage: { type: 'boolean', default: false },
  },
  endurance: {
    ...common,
    seconds: { type: 'string' },
    long: { type: 'boolean', default: false },
    client: { type: 'string' },
  },
  syscalls: { ...common, with: { type: 'string' }, every: { type: 'string' } },
  outages: { ...common, times: { type: 'string' }, seconds: { type: 'string' } },
};

const choicesOf: { readonly [command in Choices['command']]: (given: Reader) => Choices } = {
  kills(given) {
    const client = given.oneOf('client', [...clients, 'both'] as const) ?? 'both';
    const trouble = given.wholeNumber('trouble', 0, 3_600) ?? defaultTroubleSeconds;
    return {
      command: 'kills',
      kills: given.wholeNumber('kills', 1, 1_000_000) ?? defaultKills,
      clients: client === 'both' ? ['kafkajs', 'confluent'] : [client],
      seed: given.wholeNumber('seed', 0, 2 ** 31),
      acknowledge: given.oneOf('acknowledge', acknowledges),
      fsync: given.oneOf('fsync', fsyncs),
      brokers: given.oneOf('brokers', ['1', '3'] as const) === '1' ? 1 : 3,
      troubleEveryMs: trouble === 0 ? Infinity : trouble * 1_000,
      sabotage: given.flag('sabotage'),
      json: given.flag('json'),
    };
  },
  endurance(given) {
    const seconds = given.wholeNumber('seconds', 10, 86_400);
    return {
      command: 'endurance',
      seconds: seconds ?? (given.flag('long') ? longSeconds : defaultSeconds),
      client: given.oneOf('client', ['kafkajs', 'confluent'] as const) ?? 'kafkajs',
      json: given.flag('json'),
    };
  },
  syscalls: (given) => ({
    command: 'syscalls',
    way: given.oneOf('with', ['strace', 'disk'] as const),
    every: given.wholeNumber('every', 1, 10_000) ?? defaultEvery,
    json: given.flag('json'),
  }),
  outages: (given) => ({
    command: 'outages',
    times: given.wholeNumber('times', 1, 1_000) ?? defaultTimes,
    seconds: given.wholeNumber('seconds', 1, 100) ?? defaultOutageSeconds,
    json: given.flag('json'),
  }),
};

function parse(args: readonly string[], options: ParseArgsConfig['options'] & object): Values {
  try {
    const { values } = parseArgs({ args: [...args], options });
    return Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, Array.isArray(value) ? undefined : value]),
    );
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** Reads options, and collects what is wrong with them. */
class Reader {
  constructor(
    private readonly values: Values,
    private readonly problems: string[],
  ) {}

  flag(option: string): boolean {
    return this.values[option] === true;
  }

  oneOf<T extends string>(option: string, known: readonly T[]): T | undefined {
    const given = this.values[option];
    if (given === undefined) return undefined;
    const found = known.find((one) => one === given);
    if (found === undefined) this.problems.push(`--${option}: ${known.join(', ')}, not '${given}'`);
    return found;
  }

  wholeNumber(option: string, least: number, most: number): number | undefined {
    const given = this.values[option];
    if (given === undefined) return undefined;
    const number = typeof given === 'string' && /^\d+$/.test(given) ? Number(given) : NaN;
    if (number >= least && number <= most) return number;
    this.problems.push(`--${option}: a whole number from ${least} to ${most}, not '${given}'`);
    return undefined;
  }
}
