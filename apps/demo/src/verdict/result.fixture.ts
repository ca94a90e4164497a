import type { Result } from './result.js';

/** A result without fault: 1,000 records of Holdfast over kafkajs, while the cluster was down. */
export function aResult(changes: Partial<Result> = {}): Result {
  return {
    client: 'kafkajs',
    chain: 'holdfast',
    act: 'cluster',
    sent: 1_000,
    acknowledged: 1_000,
    inTopic: 1_000,
    lost: 0,
    rejected: 0,
    duplicated: 0,
    outOfOrder: 0,
    acknowledgedButLost: 0,
    rejectedButInTopic: 0,
    unanswered: 0,
    foreign: 0,
    onceUnknown: 0,
    unexplainedDuplicates: 0,
    evidence: [],
    errors: {},
    uncaught: [],
    ...changes,
  };
}

/** The plain client in the same scene: 59 % lost. */
export function aPlainResult(changes: Partial<Result> = {}): Result {
  const chain = 'plain';
  const counts = { acknowledged: 410, inTopic: 410, lost: 590, rejected: 590, outOfOrder: 12 };
  return aResult({ chain, ...counts, errors: { KafkaJSNumberOfRetriesExceeded: 590 }, ...changes });
}
