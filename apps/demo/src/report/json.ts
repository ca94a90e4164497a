import type { Result } from '../verdict/result.js';

/** Returns one line of `--json`. Leaves out, for the plain client, what only Holdfast can know. */
export function jsonLine(result: Result, cluster: string): string {
  const { client, chain, act, way, sent, acknowledged, inTopic, lost, rejected } = result;
  const { duplicated, outOfOrder, onceUnknown, unexplainedDuplicates, tally } = result;
  const { acknowledgedButLost, rejectedButInTopic, unanswered, foreign, errors, uncaught, evidence } = result;
  return JSON.stringify({
    ...{ client, chain, act, way, sent, acknowledged, inTopic, lost, rejected, duplicated, outOfOrder },
    ...(chain === 'holdfast' ? { onceUnknown, unexplainedDuplicates, ...tally } : {}),
    ...{ acknowledgedButLost, rejectedButInTopic, unanswered, foreign, errors, uncaught, evidence, cluster },
  });
}
