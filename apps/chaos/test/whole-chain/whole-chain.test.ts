import { checkSeeds, HistoryError } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { runWholeChain, type Report } from './run.js';
import { actionsOf } from './schedule.js';
import { clientKinds, setupOf, type ClientKind } from './setup.js';

const anHour = 3_600_000;

const runOf = (seed: number, client: ClientKind): Promise<Report> =>
  runWholeChain(seed, setupOf(seed, client), actionsOf(seed));

/**
 * What must have happened for the runs to mean anything; each occurs in more than one run of ten.
 */
const coverage = [
  ...['circuit.opened', 'circuit.halfOpened', 'circuit.closed', 'recovered', 'duplicates'],
  ...['delivered', 'accepted', 'dead-lettered', 'failed', 'unknown', 'close', 'kill', 'power loss'],
];
const runsForCoverage = 100;

describe.each(clientKinds)('recommended() over the %s adapter', (client) => {
  it('keeps its promises, whatever fails', { timeout: anHour }, async () => {
    const happened = new Map<string, number>();
    const runs = await checkSeeds(
      async (seed) => {
        const report = await runOf(seed, client);
        if (report.problems.length > 0) throw new HistoryError(report.problems, undefined);
        for (const [what, times] of report.happened) happened.set(what, (happened.get(what) ?? 0) + times);
      },
      { runs: 100 },
    );
    if (runs < runsForCoverage) return;
    const missing = coverage.filter((what) => (happened.get(what) ?? 0) === 0);
    expect(missing, 'these never happened').toEqual([]);
  });

  it('runs identically from the same seed', { timeout: anHour }, async () => {
    const check = async (seed: number): Promise<void> => {
      const { trace } = await runOf(seed, client);
      expect((await runOf(seed, client)).trace).toBe(trace);
    };
    await checkSeeds(check, { runs: 3 });
  });
});
