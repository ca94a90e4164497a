import {
  commandsHelp,
  commandSpec,
  readCommand,
  type CommandSpec,
  type Given,
} from '../command-line/index.js';

/** One of the commands, and what it works on. */
export type Command =
  | { readonly name: 'status' | 'down' }
  | { readonly name: 'up'; readonly options: UpOptions }
  | { readonly name: BrokerCommand; readonly id: number | 'all' };

type BrokerCommand = 'kill' | 'stop' | 'pause' | 'resume' | 'start';

export interface TopicRequest {
  readonly name: string;
  readonly partitions: number;
}

export interface UpOptions {
  readonly brokers: 1 | 3;
  readonly secure: boolean;
  readonly autoCreateTopics: boolean;
  readonly topics: readonly TopicRequest[];
  readonly portBase?: number;
}

const up = commandSpec({
  does: 'start a cluster on 127.0.0.1 and leave it running',
  options: {
    brokers: { value: '<1|3>', help: 'how many brokers (default 3)' },
    secure: { help: 'TLS, SASL/SCRAM and ACLs where clients connect' },
    'port-base': {
      value: '<port>',
      help: 'first of the ports to use, below 32768 (default: free ones, chosen at random)',
    },
    topic: {
      value: '<name[:n]>',
      help: 'create a topic, of n partitions (default 3); may be given several times',
    },
    'auto-create': { help: 'brokers create a topic when a client first names it' },
  },
  read(given): Command {
    const portBase = given.wholeNumber('port-base', 1_024, 65_500);
    const options = {
      brokers: given.oneOf('brokers', ['1', '3'] as const) === '1' ? (1 as const) : (3 as const),
      secure: given.flag('secure'),
      autoCreateTopics: given.flag('auto-create'),
      topics: given.texts('topic').flatMap((text) => topicRequest(text, given)),
      ...(portBase === undefined ? {} : { portBase }),
    };
    return { name: 'up', options };
  },
});

const onBrokers = (name: BrokerCommand, does: string): CommandSpec<Command> => ({
  operands: '<id|all>',
  does,
  options: {},
  read: (given) => ({ name, id: brokerId(given) }),
});

const plain = (name: 'status' | 'down', does: string): CommandSpec<Command> => ({
  does,
  options: {},
  read: () => ({ name }),
});

const commands = {
  up,
  kill: onBrokers('kill', 'kill -9'),
  stop: onBrokers('stop', 'SIGTERM: a graceful shutdown'),
  pause: onBrokers('pause', 'SIGSTOP: connections stay open, and no request is answered'),
  resume: onBrokers('resume', 'SIGCONT'),
  start: onBrokers('start', 'start again what was killed or stopped, on its port and data'),
  status: plain('status', 'the state of each broker'),
  down: plain('down', 'end the cluster and remove its data'),
};

export const USAGE = `Usage: npm run kafka -- <command> [options]

${commandsHelp(commands)}`;

/**
 * Returns 'help' when the user asks for it. Throws a `UsageError` for whatever is not in {@link
 * USAGE}.
 */
export const parseCommand = (argv: readonly string[]): Command | 'help' => readCommand(argv, commands);

function topicRequest(text: string, given: Given): TopicRequest[] {
  const { name, partitions = '3' } =
    /^(?<name>[\w.-]{1,249})(?::(?<partitions>[1-9]\d{0,3}))?$/.exec(text)?.groups ?? {};
  if (name !== undefined) return [{ name, partitions: Number(partitions) }];
  given.refuse(`--topic: a name, or name:partitions as orders:6, not '${text}'`);
  return [];
}

function brokerId(given: Given): number | 'all' {
  const [id = '', ...more] = given.operands;
  if (id === 'all' && more.length === 0) return id;
  if (!/^\d+$/.test(id) || more.length > 0) {
    given.refuse(`one broker's id, or all, not '${given.operands.join(' ')}'`);
  }
  return Number(id);
}
