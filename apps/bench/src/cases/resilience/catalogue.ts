import { ratioAtMost } from '../../measure/goal.js';
import type { BenchCase } from '../bench-case.js';
import type { Rival } from './rivals.js';

/** As a share of the cost of cockatiel's retry and breaker. */
const share = 1 / 8;

const words: { readonly [rival in Rival]: string } = {
  cockatiel: "cockatiel's retry and breaker around one call per record",
  opossum: "opossum's breaker, which has no retry, around one call per record",
};

const policyCase = (rival: Rival, size: number): BenchCase => ({
  name: `resilience/vs-${rival}/batch-${size}`,
  summary: `CPU per record that retry and breaker add to a chain without I/O, against ${words[rival]}`,
  unit: 'ns/record',
  shows: 'ratio',
  goal: rival === 'cockatiel' && size > 1 ? ratioAtMost(share) : undefined,
  records: 1_000_000,
  prepare: async (context) => (await import('./policies.js')).preparePolicies(rival, size, context),
});

/** Retry and breaker against the libraries that services use for them, without any I/O. */
export const resilienceCases: readonly BenchCase[] = (['cockatiel', 'opossum'] as const).flatMap((rival) =>
  [1, 10, 100].map((size) => policyCase(rival, size)),
);
