import { confluentAdapter } from '@holdfast/adapter-confluent';
import type { Adapter } from '@holdfast/core';
import type { CaseContext, Prepared } from '../bench-case.js';
import { prepareContest, type ContestOptions } from './contest.js';
import { confluentProduce, confluentSingle } from './raw-confluent.js';

const candidates = {
  batched: [
    confluentProduce(0, 20_000),
    confluentProduce(5, 20_000),
    confluentProduce(1, 20_000),
    confluentProduce(0, 100_000),
    confluentProduce(5, 100_000),
  ],
  single: [confluentSingle(10_000, 5), confluentSingle(10_000, 0), confluentSingle(1_000, 5)],
};

const adapter = (brokers: readonly string[]): Adapter =>
  confluentAdapter({ 'bootstrap.servers': brokers.join(',') });

export const prepareConfluent = (
  rival: keyof typeof candidates,
  options: Pick<ContestOptions, 'style' | 'valueBytes' | 'rawShare'>,
  context: CaseContext,
): Promise<Prepared> => prepareContest({ ...options, adapter, candidates: candidates[rival] }, context);
