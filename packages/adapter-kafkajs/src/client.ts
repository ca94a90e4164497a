import { ProducerError, type Logger } from '@holdfast/core';
import kafkajs, { Kafka, logLevel, type KafkaConfig, type LogEntry } from 'kafkajs';

export interface Client {
  readonly kafka: Kafka;
  /** The configuration's `requestTimeout`, ms. An instance does not tell its own. */
  readonly requestTimeoutMs: number | undefined;
}

/**
 * The instance as it is, or one made from the configuration. What kafkajs logs goes to `logger` as detail (`debug`): the
 * adapter itself reports every state and error, once. A configuration with a logger of its own keeps that.
 */
export function clientOf(given: Kafka | KafkaConfig, logger: () => Logger, where = 'kafkajsAdapter'): Client {
  const problem = problemOf(given);
  if (problem !== undefined) {
    throw new ProducerError('INVALID_OPTIONS', `${where}: ${problem}`, {
      stage: 'kafkajs',
      field: 'kafka',
      problems: [problem],
    });
  }
  if (isInstance(given)) return { kafka: given, requestTimeoutMs: undefined };
  const kafka = new Kafka({
    logLevel: logLevel.WARN,
    logCreator: () => (entry) => pass(entry, logger()),
    ...given,
  });
  return { kafka, requestTimeoutMs: given.requestTimeout };
}

/** What is wrong with a codec that kafkajs does not bring and nobody has registered. */
export function codecProblem(compression: number): string | undefined {
  const codec: unknown = Reflect.get(kafkajs.CompressionCodecs, compression);
  if (compression === 0) return undefined;
  try {
    if (typeof codec === 'function') Reflect.apply(codec, undefined, []);
    return undefined;
  } catch {
    return `'compression': kafkajs has no such codec; register one with CompressionCodecs[CompressionTypes.…] first, or use 'gzip'`;
  }
}

function problemOf(given: unknown): string | undefined {
  if (typeof given !== 'object' || given === null) {
    return 'the first argument must be a Kafka instance of kafkajs or its configuration, as { brokers: [...] }';
  }
  if ('sendBatch' in given) {
    return (
      'the first argument is a Producer of kafkajs; give the Kafka instance it was made from: a Producer hides its ' +
      'metadata and cannot have its own retries turned off, and with these it loses records'
    );
  }
  if (isInstance(given)) return undefined;
  const brokers: unknown = 'brokers' in given ? given.brokers : undefined;
  if (typeof brokers === 'function') return undefined;
  const list: readonly unknown[] = Array.isArray(brokers) ? brokers : [];
  const wrong = list.filter((one) => !isAddress(one));
  if (list.length > 0 && wrong.length === 0) return undefined;
  // A password may be in front of an @.
  const named = wrong
    .map((one) => (typeof one === 'string' && !one.includes('@') ? `'${one}'` : `a ${typeof one}`))
    .join(', ');
  return `'brokers' must be a list of 'host:port' that is not empty, or a function that gives one${named && `; not ${named}`}`;
}

/** As kafkajs reads it, which splits at the first colon. */
function isAddress(one: unknown): boolean {
  const [, port] = typeof one === 'string' ? (/^[^\s:/]+:(\d{1,5})$/.exec(one) ?? []) : [];
  return port !== undefined && Number(port) >= 1 && Number(port) <= 65_535;
}

function isInstance(given: object): given is Kafka {
  return 'producer' in given && 'admin' in given;
}

// The entry's other fields may hold what a broker sent, or a stack: neither belongs in a log of ours.
function pass({ namespace, label, log }: LogEntry, logger: Logger): void {
  const broker: unknown = log['broker'];
  logger.debug(`kafkajs: ${log.message}`, {
    level: label.toLowerCase(),
    from: namespace,
    ...(typeof broker === 'string' && { broker }),
  });
}
