import type { ConsumedRecord } from '@holdfast/core';
import { readSource, resolveReadTopic, type ReadTopicOptions } from '@holdfast/core/adapter';
import { anObject, readOptions } from '@holdfast/core/stage';
import { configProblems, secretsOf } from '../client/client-config.js';
import { ConfluentSource } from './confluent-source.js';
import { consumerConfig } from '../client/consumer-config.js';
import { threadProblem } from '../client/load-client.js';
import { isProducer, type NativeConfig } from '../client/native-types.js';
import { sanitizer } from '../client/sanitizer.js';

/**
 * Reads a topic from its beginning to the end that it has when the first record is asked for, and ends: partition after
 * partition, by offset, what is committed. It subscribes to nothing and commits nothing. At most about 4 MiB is in memory;
 * leaving the loop, or ending it, closes its connections. `config`: librdkafka's properties, a producer's or a consumer's.
 * Throws a `ProducerError`: `INVALID_OPTIONS` at once, others while it reads.
 */
export function readTopic(
  config: NativeConfig,
  topic: string,
  options: ReadTopicOptions = {},
): AsyncGenerator<ConsumedRecord, void, undefined> {
  const request = readOptions('readTopic', () => resolveReadTopic(topic, options, problemsOf(config)));
  const sanitize = sanitizer(secretsOf(config));
  return readSource(() => new ConfluentSource(request, consumerConfig(config), sanitize), request);
}

function problemsOf(config: NativeConfig): string[] {
  const wrong = anObject(config);
  if (wrong !== undefined) return [`the configuration ${wrong} of librdkafka's properties`];
  if (isProducer(config))
    return ['the first argument is a producer; give the configuration it was made from'];
  const inThread = threadProblem();
  return inThread === undefined ? configProblems(config) : [...configProblems(config), inThread];
}
