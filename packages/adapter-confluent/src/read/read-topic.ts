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
 * Reads the committed records of a topic, partition after partition, by offset, from its beginning
 * to the end that it has when the first record is requested. It subscribes to nothing and commits
 * nothing. At most about 4 MiB are in memory; leaving or finishing the loop closes its connections.
 * `config`: librdkafka's properties, of a producer or a consumer. Throws a `ProducerError`:
 * `INVALID_OPTIONS` at once, others while it reads.
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
    return ['the first argument is a producer; give the configuration that it was made from'];
  const inThread = threadProblem();
  return inThread === undefined ? configProblems(config) : [...configProblems(config), inThread];
}
