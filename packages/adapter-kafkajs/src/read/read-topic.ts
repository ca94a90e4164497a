import { connectionsOf } from '../client/connections.js';
import type { ConsumedRecord } from '@holdfast/core';
import { readSource, resolveReadTopic, type ReadTopicOptions } from '@holdfast/core/adapter';
import { readOptions } from '@holdfast/core/stage';
import type { Kafka, KafkaConfig } from 'kafkajs';
import { clientProblems, kafkaOf, requestTimeoutOf } from '../client/kafka-instance.js';
import { KafkajsSource } from './kafkajs-source.js';
import { resolveOptions } from '../options.js';

/**
 * Reads the committed records of a topic once: from its beginning to the end that it has when the
 * first record is requested, partition after partition, by offset. Joins no consumer group and
 * commits nothing. Keeps at most about 1 MiB (before decompression) in memory. Leaving the loop, or
 * ending it, closes the connections.
 * Throws a `ProducerError`: `INVALID_OPTIONS` at once, others while it reads.
 */
export function readTopic(
  kafka: Kafka | KafkaConfig,
  topic: string,
  options: ReadTopicOptions = {},
): AsyncGenerator<ConsumedRecord, void, undefined> {
  const request = readOptions('readTopic', () => resolveReadTopic(topic, options, clientProblems(kafka)));
  const connections = connectionsOf(kafkaOf(kafka, () => request.env.logger));
  const settings = resolveOptions({ reconnect: { intervalMs: 250 } }, requestTimeoutOf(kafka));
  return readSource(() => new KafkajsSource(request, connections, settings), request);
}
