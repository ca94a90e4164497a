import { kafkajsAdapter } from '@holdfast/adapter-kafkajs';
import type { Adapter } from '@holdfast/core';
import { logLevel } from 'kafkajs';
import type { CaseContext, Prepared } from '../bench-case.js';
import { prepareContest, type Manner } from './contest.js';
import { javaProducer } from './raw-java.js';
import { kafkajsBatched, kafkajsSingle } from './raw-kafkajs.js';

const candidates = {
  batched: [
    kafkajsBatched(1_000, 5),
    kafkajsBatched(500, 10),
    kafkajsBatched(2_000, 3),
    kafkajsBatched(2_000, 5),
    kafkajsBatched(5_000, 2),
  ],
  single: [kafkajsSingle(1_000), kafkajsSingle(100), kafkajsSingle(5_000)],
  java: [javaProducer({})],
  'java-tuned': [
    // Twice the default memory, as much as our buffer may hold: batches this large should not wait
    // for room.
    javaProducer({ 'linger.ms': 5, 'batch.size': 262_144, 'buffer.memory': 67_108_864 }),
  ],
};

export const adapter = (brokers: readonly string[]): Adapter =>
  kafkajsAdapter({ clientId: 'bench-holdfast', brokers: [...brokers], logLevel: logLevel.NOTHING });

export const prepareKafkajs = (
  rival: keyof typeof candidates,
  options: Manner,
  context: CaseContext,
): Promise<Prepared> =>
  prepareContest(
    { ...options, adapters: [{ settings: {}, make: adapter }], candidates: candidates[rival] },
    context,
  );
