import { serverNames } from '@holdfast/core/adapter';
import { cutName } from '@holdfast/core/internal';
import type { NativeConfig } from './native-types.js';

/** What of a configuration the adapter has to know. */
export interface Traits {
  readonly acks: 'all' | 'leader' | 'none';
  readonly idempotent: boolean;
  /** `linger.ms` is 1 at least: what is given within microseconds goes in one request, where it fits one. */
  readonly lingers: boolean;
}

/** For every client that the adapter makes; whatever the user gives stands above it. */
const defaults = {
  acks: -1,
  // Batching is done above. Without any linger the first records of a batch would go in a request of their own, before the rest
  // is there: a sixth of the throughput, measured.
  'linger.ms': 1,
  'allow.auto.create.topics': false,
  dr_cb: true,
  'socket.keepalive.enable': true,
  // A broker that is back is used within half a second.
  'reconnect.backoff.ms': 50,
  'reconnect.backoff.max.ms': 500,
  // A broker that does not answer is left after this, and its records go to the partition's next leader.
  'socket.timeout.ms': 10_000,
  'request.timeout.ms': 10_000,
  // The broker says what is too large. Beyond its own `socket.request.max.bytes` (100 MiB) it only hangs up.
  'message.max.bytes': 100_000_000,
  'log.connection.close': false,
} as const satisfies NativeConfig;

/**
 * With idempotence the client itself tries again, in order and without duplicates, for as long as it takes; the adapter alone
 * says when an outcome is due. `message.timeout.ms` would end the first records of a partition and still send the later ones.
 */
const whenIdempotent = { 'enable.idempotence': true, 'message.timeout.ms': 0 } as const;

/** Without it every failure is told at once, and nothing that may have been written is sent again by the client. */
const whenPlain = (requestTimeoutMs: number) => ({
  'enable.idempotence': false,
  'message.send.max.retries': 0,
  'message.timeout.ms': requestTimeoutMs,
});

/** The binding would make the text 'undefined' of what is not given after all. */
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

/** Of a configuration as the client has it: `global` alone, or with the topic's settings apart. */
export function traitsOf(global: object, topic: unknown = undefined): Traits {
  const topicLevel = typeof topic === 'object' && topic !== null ? topic : {};
  return {
    acks: acksOf({ ...global, ...topicLevel }),
    idempotent:
      booleanOf(global, 'enable.idempotence') === true || value(global, 'transactional.id') !== undefined,
    lingers: Number(value(global, 'linger.ms') ?? value(global, 'queue.buffering.max.ms') ?? 5) >= 1,
  };
}

/** What cannot work, each with its remedy; librdkafka itself judges the names and values of the rest. */
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
    problems.push("'event_cb' must not be false: it tells when brokers are lost and why; leave it out");
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

/** The binding makes text of whatever it is given, and of a symbol nothing at all. */
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
/** What is said of these tells more. */
const ownChecks: ReadonlySet<string> = new Set(['bootstrap.servers', 'metadata.broker.list', 'kafkaJS']);

/** librdkafka tells of a mechanism that it has not when the client connects, which is too late. It knows capitals alone. */
const mechanisms: readonly unknown[] = ['GSSAPI', 'PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512', 'OAUTHBEARER'];

function saslProblems(given: NativeConfig): string[] {
  return ['sasl.mechanism', 'sasl.mechanisms'].flatMap((name) => {
    const mechanism = value(given, name);
    if (typeof mechanism !== 'string' || mechanisms.includes(mechanism)) return [];
    return [`'${name}' must be one of ${mechanisms.join(', ')}, not '${cutName(mechanism)}'`];
  });
}

/** librdkafka takes 9092 where there is none. */
function hasUsablePort(address: string): boolean {
  const [, port] = /^(?:\w+:\/\/)?[^:[\]]*:([^:]*)$/.exec(address.trim()) ?? [];
  return port === undefined || (/^\d+$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535);
}

/** Of a configuration, or of the two that an instance has: the client's own choice is never asked for. */
export function partitionerProblems(...configs: readonly unknown[]): string[] {
  const names = ['partitioner', 'partitioner_cb'].filter((name) =>
    configs.some((config) => {
      const given = typeof config === 'object' && config !== null ? value(config, name) : undefined;
      return given !== undefined && given !== 'murmur2_random'; // which is what the adapter does
    }),
  );
  return names.map(
    (name) =>
      `'${name}' would have no effect: the adapter chooses each record's partition, as Java's client does ('murmur2_random'); leave it out, or give the adapter's own option 'partitioner'`,
  );
}

/** librdkafka goes on to the brokers of both lists, and takes port 9092 where there is none. */
export function serversOf(config: object): string[] {
  const lists = ['bootstrap.servers', 'metadata.broker.list'].map((name) => value(config, name));
  return serverNames(
    lists.flatMap((list) => (typeof list === 'string' ? list.split(',') : [])),
    9092,
  );
}

/** Values that no line and no error may show. */
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

/** A value as librdkafka is given it: as text. `undefined`: there is none, or one that is no setting. */
export function settingOf(config: object, name: string): string | number | boolean | undefined {
  const given = value(config, name);
  return typeof given === 'string' || typeof given === 'number' || typeof given === 'boolean'
    ? given
    : undefined;
}

/** As librdkafka reads it. `undefined`: neither, or nothing. */
export function booleanOf(config: object, name: string): boolean | undefined {
  const text = String(settingOf(config, name)).toLowerCase();
  if (['true', 't', '1'].includes(text)) return true;
  return ['false', 'f', '0'].includes(text) ? false : undefined;
}
