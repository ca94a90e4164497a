import { describe, expect, it } from 'vitest';
import { brokenPromises, exitCodeOf } from './result.js';
import { aPlainResult, aResult, aTally } from './result.fixture.js';

describe('the exit code', () => {
  it('is 0 when Holdfast kept its promises, whatever the plain client did', () => {
    const results = [aPlainResult(), aResult({ duplicated: 4, onceUnknown: 9 })];
    expect(exitCodeOf(results)).toBe(0);
  });

  it.each([
    [{ lost: 1 }, '1 lost'],
    [{ acknowledgedButLost: 1 }, '1 lost although acknowledged'],
    [{ outOfOrder: 2 }, '2 out of order within their key'],
    [{ unexplainedDuplicates: 3 }, '3 duplicated without ever having been `unknown`'],
    [{ foreign: 1 }, '1 in the topic that were never sent'],
    [{ unanswered: 1 }, '1 without an answer'],
    [{ uncaught: ['Error: boom'] }, '1 uncaught exceptions (Error: boom)'],
    [{ tally: aTally({ unaccounted: 2 }) }, '2 that no topic, no dead letter and no count accounts for'],
    [{ tally: aTally({ breaches: ['sum'] }) }, '1 breaches of conservation during the run (sum)'],
    [{ tally: aTally({ deadLettered: 3, replayed: 2 }) }, '1 dead letters that were not replayed'],
    [{ tally: aTally({ replayedAgain: 4 }) }, '4 replayed a second time'],
    [{ tally: undefined }, 'no count of where the records are'],
  ])('is 1 when Holdfast has %o', (changes, words) => {
    const result = aResult(changes);
    expect(brokenPromises(result)).toEqual([words]);
    expect(exitCodeOf([aPlainResult(), result])).toBe(1);
  });

  it('allows that Kafka has records that Holdfast rejected', () => {
    expect(exitCodeOf([aResult({ acknowledged: 999, rejected: 1, rejectedButInTopic: 1 })])).toBe(0);
  });
});
