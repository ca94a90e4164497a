import { kafkajsAdapter } from '@holdfast/adapter-kafkajs';
import type { Adapter } from '@holdfast/core';
import { logLevel } from 'kafkajs';
import type { CaseContext, Prepared } from '../bench-case.js';
import { prepareContest, type ContestOptions } from './contest.js';
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
};

export const adapter = (brokers: readonly string[]): Adapter =>
  kafkajsAdapter({ clientId: 'bench-holdfast', brokers: [...brokers], logLevel: logLevel.NOTHING });

export const prepareKafkajs = (
  rival: keyof typeof candidates,
  options: Pick<ContestOptions, 'style' | 'valueBytes' | 'rawShare' | 'journaled'>,
  context: CaseContext,
): Promise<Prepared> =>
  prepareContest(
    { ...options, adapters: [{ settings: {}, make: adapter }], candidates: candidates[rival] },
    context,
  );
