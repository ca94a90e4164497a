import type { Logger } from '@holdfast/core';
import { serverNames } from '@holdfast/core/adapter';
import { anObject } from '@holdfast/core/stage';
import { Kafka, logLevel, type KafkaConfig, type LogEntry } from 'kafkajs';
import { configProblems } from './client-config.js';

/**
 * Returns the given instance, or one made from the configuration. kafkajs's log entries go to
 * `logger` as detail (`debug`): the adapter itself reports each state and error once. A
 * configuration with a logger of its own keeps that.
 */
export function kafkaOf(given: Kafka | KafkaConfig, logger: () => Logger): Kafka {
  if (isInstance(given)) return given;
  return new Kafka({
    logLevel: logLevel.WARN,
    logCreator: () => (entry) => pass(entry, logger()),
    ...given,
  });
}

/** Returns the configuration's `requestTimeout`, ms. An instance does not reveal its own. */
export const requestTimeoutOf = (given: Kafka | KafkaConfig): number | undefined =>
  anObject(given) !== undefined || isInstance(given) ? undefined : given.requestTimeout;

/**
 * Returns the brokers that the configuration names. `undefined`: a function gives them, or `given`
 * is an instance.
 */
export function serversOf(given: Kafka | KafkaConfig): readonly string[] | undefined {
  return !isInstance(given) && Array.isArray(given.brokers) ? serverNames(given.brokers, 9092) : undefined;
}

/**
 * Returns the problems of the user's instance or configuration, which kafkajs itself reports later,
 * or never.
 */
export function clientProblems(given: unknown): readonly string[] {
  if (typeof given !== 'object' || given === null || anObject(given) !== undefined) {
    return [
      'the first argument must be a Kafka instance of kafkajs or its configuration, as { brokers: [...] }',
    ];
  }
  if ('sendBatch' in given) {
    return [
      'the first argument is a Producer of kafkajs; give the Kafka instance it was made from: a Producer hides its ' +
        'metadata and cannot have its own retries turned off, and with these it loses records',
    ];
  }
  return isInstance(given) ? [] : configProblems(given);
}

function isInstance(given: object): given is Kafka {
  return 'producer' in given && 'admin' in given;
}

// The entry's other fields may contain data from a broker, or a stack: neither belongs in this log.
function pass({ namespace, label, log }: LogEntry, logger: Logger): void {
  const broker: unknown = log['broker'];
  logger.debug(`kafkajs: ${log.message}`, {
    level: label.toLowerCase(),
    from: namespace,
    ...(typeof broker === 'string' && { broker }),
  });
}
