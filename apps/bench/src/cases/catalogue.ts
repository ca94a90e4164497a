import { UsageError } from '@holdfast/kafka/command-line';
import { backlogCases, sentBacklogCases } from './backlog/catalogue.js';
import type { BenchCase } from './bench-case.js';
import { clientCases } from './clients/catalogue.js';
import { deadTopicCases } from './dead-topic/catalogue.js';
import { journalCases, journaledCases } from './journal/catalogue.js';
import { latencyCases } from './latency/catalogue.js';
import { layerCases } from './layers/catalogue.js';
import { metricsCases, sentMetricsCases } from './metrics/catalogue.js';
import { resilienceCases } from './resilience/catalogue.js';
import { tracesCases } from './traces/catalogue.js';

/** Every case, those on one cluster next to each other. */
export const allCases: readonly BenchCase[] = [
  ...layerCases,
  ...resilienceCases,
  ...metricsCases,
  ...backlogCases,
  ...journalCases,
  ...journaledCases,
  ...latencyCases,
  ...clientCases,
  ...sentBacklogCases,
  ...sentMetricsCases,
  ...tracesCases,
  ...deadTopicCases,
];

/** Returns the part of a case's name that it shares with the cases shown next to it. */
export const sectionOf = (name: string): string => name.slice(0, name.indexOf('/'));

/**
 * Returns the cases whose name contains one of the filters; all without any. Throws a {@link
 * UsageError} for a filter without a case.
 */
export function selectCases(
  filters: readonly string[],
  cases: readonly BenchCase[] = allCases,
): readonly BenchCase[] {
  if (filters.length === 0) return cases;
  const useless = filters.filter((filter) => !cases.some(({ name }) => name.includes(filter)));
  if (useless.length > 0) {
    throw new UsageError(`no case has '${useless.join("', or '")}' in its name; --list names them all`);
  }
  return cases.filter(({ name }) => filters.some((filter) => name.includes(filter)));
}

/** Throws a RangeError when there is no such case. */
export function findCase(name: string): BenchCase {
  const found = allCases.find((one) => one.name === name);
  if (found === undefined) throw new RangeError(`no case ${name}`);
  return found;
}
