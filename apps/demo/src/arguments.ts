import { commandSpec, optionsHelp, readCommandLine } from '@holdfast/kafka/command-line';
import { acts, clients, shortActs, type Act, type Client } from './names.js';

/** What the command line asks for. */
export interface Choices {
  readonly clients: readonly Client[];
  readonly acts: readonly Act[];
  /** Every act at full length; otherwise a short form. */
  readonly full: boolean;
  /** Records per second, for each of the two chains. */
  readonly rate: number;
  /** For each chain and act; undefined: as many as fit into the act at `rate`. */
  readonly records: number | undefined;
  readonly json: boolean;
  /** The first port for `/metrics` of Holdfast's services; undefined: none is served. */
  readonly metricsPort: number | undefined;
}

const defaultRate = 1_000;
const mostRecords = 10_000_000;
const highestRate = 50_000;
/**
 * Of OpenTelemetry's Prometheus exporter:
 * https://github.com/prometheus/prometheus/wiki/Default-port-allocations
 */
const defaultMetricsPort = 9_464;
/** An act has at most three services of Holdfast, each with a port of its own. */
const highestPort = 65_533;

const demo = commandSpec({
  options: {
    all: {
      help: 'every act at full length, over both clients (unless --client or --act narrow it down)',
    },
    client: { value: '<name>', help: 'kafkajs | confluent; may be given twice' },
    act: {
      value: '<name>',
      help: `leader   a leader is killed with kill -9 and restarted
ways     the same, with one stream for each way to send: synchronous, asynchronous (callback),
         fire-and-forget
cluster  all three brokers are killed with kill -9 and started again 20 s later (short form: 8 s)
pause    a broker is paused (SIGSTOP) for longer than the request timeout
kill     both services are killed with kill -9 while the cluster is down, and started again
dead-letters  records too large and to a forbidden topic, replayed once the cause is gone
may be given several times`,
    },
    records: { value: '<n>', help: 'records for each chain and act (default: as long as the act takes)' },
    rate: { value: '<n>', help: `records per second for each chain (default ${defaultRate})` },
    metrics: {
      help: 'each service of Holdfast serves its metrics for Prometheus at http://127.0.0.1:<port>/metrics',
    },
    'metrics-port': {
      value: '<n>',
      help: `the same, on this port (default ${defaultMetricsPort}); in the act ways, on it and the next two`,
    },
    json: { help: 'results as one JSON object per line on stdout, everything else on stderr' },
  },
  read: (given): Choices => ({
    clients: given.someOf('client', clients) ?? (given.flag('all') ? clients : ['kafkajs']),
    acts: given.someOf('act', acts) ?? (given.flag('all') ? acts : shortActs),
    full: given.flag('all'),
    rate: given.wholeNumber('rate', 1, highestRate) ?? defaultRate,
    records: given.wholeNumber('records', 1, mostRecords),
    json: given.flag('json'),
    metricsPort:
      given.wholeNumber('metrics-port', 1, highestPort) ??
      (given.flag('metrics') ? defaultMetricsPort : undefined),
  }),
});

/** Returns `'help'` when the user asks for it. Throws one `UsageError` that names every problem. */
export const parseArguments = (argv: readonly string[]): Choices | 'help' => readCommandLine(argv, demo);

export const help = `npm run demo [-- options]

Three real Kafka brokers, a steady stream of records, and side by side a plain client with its default settings and
the same client through Holdfast, while brokers are killed and paused. At the end an independent consumer reads the
topics back, and a table shows what became of every record. Without options: kafkajs, a short form of the acts leader,
cluster, kill and dead-letters, about two minutes.

${optionsHelp(demo.options)}
Exit code: 0 Holdfast kept every promise; 1 it lost, reordered or miscounted something; 2 the options are wrong; 3 the
demo could not be carried out; 130 interrupted.
`;
