import type { Result } from '../verdict/result.js';

/** One line of `--json`. What only Holdfast can know is left out for the plain client. */
export function jsonLine(result: Result, cluster: string): string {
  const { client, chain, act, sent, acknowledged, inTopic, lost, rejected, duplicated, outOfOrder } = result;
  const { acknowledgedButLost, rejectedButInTopic, unanswered, foreign, errors, uncaught, evidence } = result;
  const { onceUnknown, unexplainedDuplicates } = result;
  return JSON.stringify({
    ...{ client, chain, act, sent, acknowledged, inTopic, lost, rejected, duplicated, outOfOrder },
    ...(chain === 'holdfast' ? { onceUnknown, unexplainedDuplicates } : {}),
    ...{ acknowledgedButLost, rejectedButInTopic, unanswered, foreign, errors, uncaught, evidence, cluster },
  });
}
