import { serverNames } from '@holdfast/core/adapter';
import { cutName } from '@holdfast/core/internal';
import type { NativeConfig } from './native-types.js';

/** What the adapter has to know of a configuration. */
export interface Traits {
  readonly acks: 'all' | 'leader' | 'none';
  readonly idempotent: boolean;
  /**
   * `linger.ms` is at least 1: records given within microseconds go in one request, where they fit.
   */
  readonly lingers: boolean;
}

/** For every client that the adapter makes; the user's settings override it. */
const defaults = {
  acks: -1,
  // Batching is done above. Without any linger the first records of a batch would go in a request
  // of their own, before the rest is there: that costs a sixth of the throughput, measured.
  'linger.ms': 1,
  'allow.auto.create.topics': false,
  dr_cb: true,
  'socket.keepalive.enable': true,
  // A broker that returns is used within half a second.
  'reconnect.backoff.ms': 50,
  'reconnect.backoff.max.ms': 500,
  // A broker that does not answer is given up after this, and its records go to the partition's
  // next leader.
  'socket.timeout.ms': 10_000,
  'request.timeout.ms': 10_000,
  // The broker reports a record that is too large. Beyond its own `socket.request.max.bytes` (100
  // MiB) it only disconnects.
  'message.max.bytes': 100_000_000,
  'log.connection.close': false,
} as const satisfies NativeConfig;

/**
 * With idempotence the client itself retries, in order and without duplicates, for as long as it
 * takes; the adapter alone decides when an outcome is due. `message.timeout.ms` would end the first
 * records of a partition and still send later ones.
 */
const whenIdempotent = { 'enable.idempotence': true, 'message.timeout.ms': 0 } as const;

/**
 * Without it the client reports each failure at once, and sends nothing again that may have been
 * written.
 */
const whenPlain = (requestTimeoutMs: number) => ({
  'enable.idempotence': false,
  'message.send.max.retries': 0,
  'message.timeout.ms': requestTimeoutMs,
});

/**
 * Adds the defaults. Leaves out properties without a value, of which the binding would make the
 * text 'undefined'.
 */
export function completeConfig(
  given: NativeConfig,
  idempotent: boolean,
  requestTimeoutMs: number,
): NativeConfig {
  const own = Object.entries(given).filter(([, one]: [string, unknown]) => one !== undefined && one !== null);
  return {
    ...defaults,
    ...(idempotent ? whenIdempotent : whenPlain(requestTimeoutMs)),
    ...Object.fromEntries(own),
  };
}

export const autoCreate = 'allow.auto.create.topics';

export const mayCreateTopics = (config: NativeConfig): boolean => booleanOf(config, autoCreate) === true;

/**
 * Returns the traits of a configuration as the client has it: `global` alone, or with separate
 * topic settings.
 */
export function traitsOf(global: object, topic: unknown = undefined): Traits {
  const topicLevel = typeof topic === 'object' && topic !== null ? topic : {};
  return {
    acks: acksOf({ ...global, ...topicLevel }),
    idempotent:
      booleanOf(global, 'enable.idempotence') === true || value(global, 'transactional.id') !== undefined,
    lingers: Number(value(global, 'linger.ms') ?? value(global, 'queue.buffering.max.ms') ?? 5) >= 1,
  };
}

/**
 * Returns the settings that cannot work, each with a remedy; librdkafka itself checks the other
 * names and values.
 */
export function configProblems(given: NativeConfig): string[] {
  if (isKafkaJsLike(given)) return [kafkaJsLike];
  const problems = [...brokersProblems(given), ...valueProblems(given), ...saslProblems(given)];
  if (value(given, 'kafkaJS') !== undefined) {
    problems.push(
      "'kafkaJS' is for the client's KafkaJS-like interface; give librdkafka's properties, such as 'bootstrap.servers'",
    );
  }
  if (value(given, 'transactional.id') !== undefined) {
    problems.push(
      "'transactional.id' cannot be used: a transaction has no outcome for each record; leave it out",
    );
  }
  if (value(given, 'dr_cb') === false) {
    problems.push("'dr_cb' must not be false: outcomes come from delivery reports; leave it out");
  }
  if (value(given, 'event_cb') === false) {
    problems.push("'event_cb' must not be false: it reports when brokers are lost and why; leave it out");
  }
  return problems;
}

const kafkaJsLike =
  "the first argument is of the client's KafkaJS-like interface, which keeps no outcome for each record; give librdkafka's " +
  "properties, as { 'bootstrap.servers': 'host:9092' }, or, to send, an RdKafka.Producer";

/** A `Kafka` makes producers; its producer sends batches. kafkajs's own have the same shape. */
const isKafkaJsLike = (given: object): boolean =>
  typeof Reflect.get(given, 'producer') === 'function' ||
  typeof Reflect.get(given, 'sendBatch') === 'function';

function brokersProblems(given: NativeConfig): string[] {
  const names = ['bootstrap.servers', 'metadata.broker.list', 'test.mock.num.brokers'];
  if (names.every((name) => value(given, name) === undefined)) {
    return ["'bootstrap.servers' is missing: give one or more 'host:port', separated by commas"];
  }
  return ['bootstrap.servers', 'metadata.broker.list'].flatMap((name) => {
    const list = value(given, name);
    if (list === undefined || (typeof list === 'string' && list.split(',').every(hasUsablePort))) return [];
    return [`'${name}' must be one or more 'host:port', separated by commas; a port is a number to 65535`];
  });
}

/** The binding makes text of any value, and drops a symbol. */
function valueProblems(given: NativeConfig): string[] {
  return Object.entries(given).flatMap(([name, one]: [string, unknown]) => {
    if (ownChecks.has(name) || one === undefined || one === null) return [];
    if (typeof one === 'number' ? Number.isFinite(one) : usable.has(typeof one)) return [];
    return [
      `'${cutName(name)}' must be a string, a number, true, false or a function, as librdkafka's properties are`,
    ];
  });
}

const usable: ReadonlySet<string> = new Set(['string', 'boolean', 'function']);
/** Properties with a check of their own, whose message says more. */
const ownChecks: ReadonlySet<string> = new Set(['bootstrap.servers', 'metadata.broker.list', 'kafkaJS']);

/**
 * librdkafka refuses an unknown mechanism only when the client connects, which is too late. It
 * knows capitals alone.
 */
const mechanisms: readonly unknown[] = ['GSSAPI', 'PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512', 'OAUTHBEARER'];

function saslProblems(given: NativeConfig): string[] {
  return ['sasl.mechanism', 'sasl.mechanisms'].flatMap((name) => {
    const mechanism = value(given, name);
    if (typeof mechanism !== 'string' || mechanisms.includes(mechanism)) return [];
    return [`'${name}' must be one of ${mechanisms.join(', ')}, not '${cutName(mechanism)}'`];
  });
}

/** Without a port librdkafka takes 9092. */
function hasUsablePort(address: string): boolean {
  const [, port] = /^(?:\w+:\/\/)?[^:[\]]*:([^:]*)$/.exec(address.trim()) ?? [];
  return port === undefined || (/^\d+$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535);
}

/**
 * Checks a configuration, or the two of an instance, for a partitioner of the client, which would
 * never be called.
 */
export function partitionerProblems(...configs: readonly unknown[]): string[] {
  const names = ['partitioner', 'partitioner_cb'].filter((name) =>
    configs.some((config) => {
      const given = typeof config === 'object' && config !== null ? value(config, name) : undefined;
      return given !== undefined && given !== 'murmur2_random'; // the adapter does the same
    }),
  );
  return names.map(
    (name) =>
      `'${name}' would have no effect: the adapter chooses each record's partition, as Java's client does ('murmur2_random'); leave it out, or give the adapter's own option 'partitioner'`,
  );
}

/**
 * Returns `host:port` of the brokers. librdkafka uses both lists, and port 9092 where there is
 * none.
 */
export function serversOf(config: object): string[] {
  const lists = ['bootstrap.servers', 'metadata.broker.list'].map((name) => value(config, name));
  return serverNames(
    lists.flatMap((list) => (typeof list === 'string' ? list.split(',') : [])),
    9092,
  );
}

/** Returns the values that no log line and no error may show. */
export function secretsOf(given: object): string[] {
  return Object.entries(given).flatMap(([name, one]: [string, unknown]) =>
    /password|secret|\.pem$|oauthbearer\.config|jaas/.test(name) && typeof one === 'string' && one !== ''
      ? [one]
      : [],
  );
}

export function acksOf(config: object): Traits['acks'] {
  const acks = settingOf(config, 'acks') ?? settingOf(config, 'request.required.acks') ?? -1;
  const named = String(acks).toLowerCase() === 'all' ? -1 : Number(acks);
  if (named === 0) return 'none';
  return named === -1 ? 'all' : 'leader';
}

const value = (config: object, name: string): unknown => {
  const found: unknown = Reflect.get(config, name);
  return found ?? undefined;
};

/**
 * Returns a value that librdkafka is given as text; `undefined` when there is none, or one that is
 * no setting.
 */
export function settingOf(config: object, name: string): string | number | boolean | undefined {
  const given = value(config, name);
  return typeof given === 'string' || typeof given === 'number' || typeof given === 'boolean'
    ? given
    : undefined;
}

/**
 * Returns the value as librdkafka reads it; `undefined` when it is neither true nor false, or not
 * given.
 */
export function booleanOf(config: object, name: string): boolean | undefined {
  const text = String(settingOf(config, name)).toLowerCase();
  if (['true', 't', '1'].includes(text)) return true;
  return ['false', 'f', '0'].includes(text) ? false : undefined;
}
