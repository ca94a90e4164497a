import type { Result } from './result.js';
import type { Tally } from './tally.js';

/**
 * A result without problems: 1,000 records of Holdfast over kafkajs, while the cluster was down.
 */
export function aResult(changes: Partial<Result> = {}): Result {
  return {
    client: 'kafkajs',
    chain: 'holdfast',
    act: 'cluster',
    way: undefined,
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
    tally: aTally(),
    ...changes,
  };
}

export function aTally(changes: Partial<Tally> = {}): Tally {
  return {
    ...{ deadLettered: 0, replayed: 0, replayedAgain: 0, failed: 0, unknown: 0, held: 0, unaccounted: 0 },
    ...{ conservationChecks: 80, breaches: [] },
    ...changes,
  };
}

/** The plain client in the same scene: 59 % lost. */
export function aPlainResult(changes: Partial<Result> = {}): Result {
  const chain = 'plain';
  const counts = { acknowledged: 410, inTopic: 410, lost: 590, rejected: 590, outOfOrder: 12 };
  const errors = { KafkaJSNumberOfRetriesExceeded: 590 };
  return aResult({ chain, ...counts, errors, tally: undefined, ...changes });
}
