import { connectionsOf } from '../client/connections.js';
import type { ConsumedRecord } from '@holdfast/core';
import { readSource, resolveReadTopic, type ReadTopicOptions } from '@holdfast/core/adapter';
import { readOptions } from '@holdfast/core/stage';
import type { Kafka, KafkaConfig } from 'kafkajs';
import { clientProblems, kafkaOf, requestTimeoutOf } from '../client/kafka-instance.js';
import { KafkajsSource } from './kafkajs-source.js';
import { resolveOptions } from '../options.js';

/**
 * Reads a topic from its beginning to the end that it has when the first record is asked for, and ends: partition after
 * partition, by offset, what is committed. It joins no consumer group and commits nothing. At most about 1 MiB (before
 * decompression) is in memory; leaving the loop, or ending it, closes its connections.
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
