import { ratioAtLeast } from '../../measure/goal.js';
import type { BenchCase } from '../bench-case.js';

const deadTopicCase = (client: 'kafkajs' | 'confluent', records: number): BenchCase => ({
  name: `dead-topic/${client}/1KiB`,
  summary: `records to a healthy topic over ${client} while the broker of another topic is down, against the other one being well`,
  unit: 'records/s',
  shows: 'ratio',
  goal: ratioAtLeast(0.9),
  needs: 'kafka-one-down',
  records,
  prepare: async (context) => (await import('./dead-topic.js')).prepareDeadTopic(client, context),
});

/** A topic that is down must not slow another. */
export const deadTopicCases: readonly BenchCase[] = [
  deadTopicCase('kafkajs', 100_000),
  deadTopicCase('confluent', 200_000),
];
