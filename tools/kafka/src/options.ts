import type { ClusterKind } from './cluster.js';
import { UsageError } from './usage-error.js';

export interface StartOptions {
  /** How many brokers; each is a controller too. */
  readonly brokers: 1 | 3;
  /** TLS, SASL/SCRAM and ACLs on the port that clients use. Default false. */
  readonly secure?: boolean;
  /**
   * The cluster creates a folder of its own in here, and `down` removes it. Default: the system's
   * folder for temporary files.
   */
  readonly dataDirectory?: string;
  /** Whether brokers create a topic when a client first names it. Default false. */
  readonly autoCreateTopics?: boolean;
  /** Called with each decision and event, one line at a time. */
  readonly log?: (line: string) => void;
  /** Broker settings, which override those of the launcher. */
  readonly properties?: Readonly<Record<string, string>>;
  /**
   * Only this kind of cluster; rejects where it is unavailable. Default: the first of external,
   * java, docker, mock.
   */
  readonly kind?: ClusterKind;
  /** 'real' rejects when only the mock cluster is available. Default 'any'. */
  readonly require?: 'real' | 'any';
  /**
   * The first of the ports to use, two or three for each broker. Default: free ports, chosen at
   * random.
   */
  readonly portBase?: number;
  /** How long the cluster may take until it is ready. Default 120,000. */
  readonly startTimeoutMs?: number;
}

/** {@link StartOptions} with every default filled in. */
export interface Settings {
  readonly brokers: 1 | 3;
  readonly secure: boolean;
  readonly dataDirectory: string | undefined;
  readonly autoCreateTopics: boolean;
  readonly log: (line: string) => void;
  readonly properties: Readonly<Record<string, string>>;
  readonly kind: ClusterKind | undefined;
  readonly require: 'real' | 'any';
  readonly portBase: number | undefined;
  readonly startTimeoutMs: number;
}

const KINDS: readonly ClusterKind[] = ['external', 'java', 'docker', 'mock'];

const KNOWN = [
  'brokers',
  'secure',
  'dataDirectory',
  'autoCreateTopics',
  'log',
  'properties',
  'kind',
  'require',
  'portBase',
  'startTimeoutMs',
];

/**
 * Fills in the defaults. Throws one {@link UsageError} that names every bad option and its allowed
 * values.
 */
export function resolveOptions(options: StartOptions): Settings {
  const problems = Object.keys(options)
    .filter((key) => !KNOWN.includes(key))
    .map((key) => `${key}: no such option; the options are ${KNOWN.join(', ')}`);
  const check = (good: boolean, problem: string): void => {
    if (!good) problems.push(problem);
  };
  const { brokers, kind, portBase, startTimeoutMs = 120_000, require = 'any', properties = {} } = options;
  check(brokers === 1 || brokers === 3, `brokers: 1 or 3, not ${String(brokers)}`);
  check(
    portBase === undefined || (Number.isInteger(portBase) && portBase >= 1024 && portBase <= 65_500),
    `portBase: a whole number from 1024 to 65500, not ${String(portBase)}`,
  );
  check(startTimeoutMs > 0, `startTimeoutMs: milliseconds above 0, not ${String(startTimeoutMs)}`);
  check(require === 'real' || require === 'any', `require: 'real' or 'any', not ${String(require)}`);
  check(kind === undefined || KINDS.includes(kind), `kind: one of ${KINDS.join(', ')}, not ${String(kind)}`);
  for (const [name, value] of Object.entries(properties)) {
    check(typeof value === 'string', `properties: ${name} has to be a string, not ${typeof value}`);
  }
  if (problems.length > 0) throw new UsageError(`startKafka: ${problems.join('; ')}`);
  return {
    brokers,
    secure: options.secure ?? false,
    dataDirectory: options.dataDirectory,
    autoCreateTopics: options.autoCreateTopics ?? false,
    log: options.log ?? (() => undefined),
    properties,
    kind,
    require,
    portBase,
    startTimeoutMs,
  };
}
