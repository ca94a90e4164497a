import { commandsHelp, commandSpec, readCommand } from '@holdfast/kafka/command-line';
import { acknowledges, clients, fsyncs, type Acknowledge, type Client, type Fsync } from './names.js';

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
  /** Mean time between two failures of brokers; `Infinity`: none. */
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
  /** Undefined: strace where it works, otherwise a faulty disk inside the victim. */
  readonly way: 'strace' | 'disk' | undefined;
  /** 5: every fifth of all calls. */
  readonly every: number;
  readonly json: boolean;
}

export interface OutagesChoices {
  readonly command: 'outages';
  readonly times: number;
  /** How long no broker is running. */
  readonly seconds: number;
  readonly json: boolean;
}

export type Choices = KillsChoices | EnduranceChoices | SyscallsChoices | OutagesChoices;

const defaultKills = 100;
const defaultTroubleSeconds = 8;
const defaultSeconds = 60;
const longSeconds = 600;
const defaultEvery = 5;
const defaultTimes = 3;
const defaultOutageSeconds = 50;

const json = { help: 'results as one JSON object per line on stdout, everything else on stderr' } as const;

const kills = commandSpec({
  does: `kills a producer with kill -9, starts it again on the same journal, kills it again, ...;
the last start drains the journal, and the topic is read back`,
  options: {
    kills: { value: '<n>', help: `default ${defaultKills}` },
    client: {
      value: '<name>',
      help: `kafkajs, confluent, both or file (default both);
file: a file in place of Kafka, which needs no broker`,
    },
    acknowledge: { value: '<mode>', help: 'delivered or journaled (default: both in turn)' },
    fsync: { value: '<mode>', help: 'always, interval or never (default: mixed)' },
    brokers: { value: '<n>', help: '1 or 3 (default 3)' },
    trouble: {
      value: '<seconds>',
      help: `mean time until a broker is killed or paused (default ${defaultTroubleSeconds}, 0: never)`,
    },
    sabotage: { help: 'throws the journal away after every fifth kill, and so has to end with 1' },
    seed: { value: '<n>', help: 'repeats the plan of an earlier run' },
    json,
  },
  read(given): KillsChoices {
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
});

const endurance = commandSpec({
  does: 'sends three times as fast as Kafka takes it, into a journal with a limit, in a heap of 64 MB',
  options: {
    seconds: { value: '<n>', help: `default ${defaultSeconds}` },
    long: { help: `${longSeconds} s` },
    client: { value: '<name>', help: 'kafkajs or confluent (default kafkajs)' },
    json,
  },
  read(given): EnduranceChoices {
    const seconds = given.wholeNumber('seconds', 10, 86_400);
    return {
      command: 'endurance',
      seconds: seconds ?? (given.flag('long') ? longSeconds : defaultSeconds),
      client: given.oneOf('client', ['kafkajs', 'confluent'] as const) ?? 'kafkajs',
      json: given.flag('json'),
    };
  },
});

const syscalls = commandSpec({
  does: 'makes one system call of the journal after the other fail, or kill the process',
  options: {
    with: {
      value: '<way>',
      help: 'strace or disk (default: strace where it works, else within the process)',
    },
    every: { value: '<n>', help: `every nth call only (default ${defaultEvery})` },
    json,
  },
  read: (given): SyscallsChoices => ({
    command: 'syscalls',
    way: given.oneOf('with', ['strace', 'disk'] as const),
    every: given.wholeNumber('every', 1, 10_000) ?? defaultEvery,
    json: given.flag('json'),
  }),
});

const outages = commandSpec({
  does: `kills all brokers at once, under the recommended chain and before it starts, over both clients, with
a journal and without`,
  options: {
    times: { value: '<n>', help: `default ${defaultTimes}` },
    seconds: { value: '<n>', help: `how long no broker is running (default ${defaultOutageSeconds})` },
    json,
  },
  read: (given): OutagesChoices => ({
    command: 'outages',
    times: given.wholeNumber('times', 1, 1_000) ?? defaultTimes,
    seconds: given.wholeNumber('seconds', 1, 100) ?? defaultOutageSeconds,
    json: given.flag('json'),
  }),
});

const commands = { kills, endurance, syscalls, outages };

/** Returns `'help'` when the user asks for it. Throws one `UsageError` that names every problem. */
export const parseArguments = (argv: readonly string[]): Choices | 'help' =>
  readCommand<Choices>(argv, commands);

export const help = `npm run chaos -- <command> [options]

Kills and starves real processes with a journal, then compares what Kafka has with what they were told.

${commandsHelp(commands)}
Exit code: 0 every promise was kept; 1 one was broken; 2 the options are wrong; 3 the run could not be carried out; 130
interrupted.
`;
