import { parseArgs } from 'node:util';
import { UsageError } from '../options.js';

/** One of the commands, and what it works on. */
export type Command =
  | { readonly name: 'help' | 'status' | 'down' }
  | { readonly name: 'up'; readonly options: UpOptions }
  | { readonly name: 'kill' | 'stop' | 'pause' | 'resume' | 'start'; readonly id: number | 'all' };

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

export const USAGE = `Usage: npm run kafka -- <command>

  up [options]        start a cluster on 127.0.0.1 and leave it running
    --brokers <1|3>     how many brokers (default 3)
    --secure            TLS, SASL/SCRAM and ACLs where clients connect
    --port-base <port>  first of the ports to use, below 32768 (default: free ones, chosen at random)
    --topic <name[:n]>  makes a topic, of n partitions (default 3); may be given several times
    --auto-create       topics come to be when a client first names them
  kill <id|all>       kill -9
  stop <id|all>       SIGTERM: a graceful shutdown
  pause <id|all>      SIGSTOP: connections stay open, nothing answers
  resume <id|all>     SIGCONT
  start <id|all>      start again what was killed or stopped, on its port and data
  status              what each broker is doing
  down                end the cluster and remove its data
`;

const ON_BROKERS = ['kill', 'stop', 'pause', 'resume', 'start'] as const;

/** Reads the command line. Throws a {@link UsageError} for whatever is not in {@link USAGE}. */
export function parseCommand(argv: readonly string[]): Command {
  const { values, positionals } = parse(argv);
  const [name, ...rest] = positionals;
  if (values.help === true || name === 'help') return { name: 'help' };
  if (name === undefined) throw new UsageError('which command?');
  const given = Object.keys(values);
  if (name !== 'up' && given.length > 0)
    throw new UsageError(`${name} takes no option --${given.join(', --')}`);
  if (name === 'up' || name === 'status' || name === 'down') {
    if (rest.length > 0) throw new UsageError(`${name} takes no '${rest.join(' ')}'`);
    return name === 'up' ? { name, options: upOptions(values) } : { name };
  }
  const onBrokers = ON_BROKERS.find((one) => one === name);
  if (onBrokers === undefined) throw new UsageError(`no such command: ${name}`);
  return { name: onBrokers, id: brokerId(onBrokers, rest) };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        brokers: { type: 'string' },
        secure: { type: 'boolean' },
        'port-base': { type: 'string' },
        'auto-create': { type: 'boolean' },
        topic: { type: 'string', multiple: true },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function upOptions(values: ReturnType<typeof parse>['values']): UpOptions {
  const { brokers = '3', 'port-base': portBase } = values;
  if (brokers !== '1' && brokers !== '3') throw new UsageError(`--brokers: 1 or 3, not ${brokers}`);
  const options = {
    brokers: brokers === '1' ? (1 as const) : (3 as const),
    secure: values.secure ?? false,
    autoCreateTopics: values['auto-create'] ?? false,
    topics: (values.topic ?? []).map(topicRequest),
  };
  if (portBase === undefined) return options;
  if (!/^\d+$/.test(portBase)) throw new UsageError(`--port-base: a port number, not ${portBase}`);
  return { ...options, portBase: Number(portBase) };
}

function topicRequest(text: string): TopicRequest {
  const { name, partitions = '3' } =
    /^(?<name>[\w.-]{1,249})(?::(?<partitions>[1-9]\d{0,3}))?$/.exec(text)?.groups ?? {};
  if (name === undefined)
    throw new UsageError(`--topic: a name, or name:partitions as orders:6, not ${text}`);
  return { name, partitions: Number(partitions) };
}

function brokerId(command: string, rest: readonly string[]): number | 'all' {
  const [id, ...more] = rest;
  if (id === undefined || more.length > 0) throw new UsageError(`${command}: one broker's id, or all`);
  if (id === 'all') return id;
  if (!/^\d+$/.test(id)) throw new UsageError(`${command}: a broker's id or all, not ${id}`);
  return Number(id);
}
