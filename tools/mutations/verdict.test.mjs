import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../setup/places.mjs';
import { verdictOf } from './verdict.mjs';

const name = path.join(root, 'packages/journal/src/log.test.ts');
const step = {
  tier: /** @type {const} */ ('unit'),
  include: ['packages/journal/src/log.test.ts'],
  exclude: [],
};

/** @param {string[]} statuses */
const testsThat = (...statuses) =>
  statuses.map((status, index) => ({ fullName: ` log test ${index}`, status }));

/** @param {Partial<import('./verdict.mjs').Run>} run */
const verdict = (run) =>
  verdictOf({ code: 0, output: '', timedOut: false, report: { testResults: [] }, step, ...run });

/** @param {import('../test/vitest-report.mjs').Report['testResults'][number]} file */
const reportOf = (file) => ({ testResults: [file] });

describe('a run without a failure', () => {
  it('has noticed nothing, and so has one that found no test', () => {
    const assertionResults = testsThat('passed', 'skipped');
    expect(verdict({ report: reportOf({ name, status: 'passed', message: '', assertionResults }) })).toEqual({
      is: 'quiet',
    });
    expect(verdict({})).toEqual({ is: 'quiet' });
  });
});

describe('a run has noticed when', () => {
  it('a test failed: the first one is named', () => {
    const assertionResults = testsThat('passed', 'failed', 'failed');
    const report = reportOf({ name, status: 'failed', message: '', assertionResults });
    expect(verdict({ code: 1, report })).toEqual({
      is: 'noticed',
      file: step.include[0],
      test: 'log test 1',
    });
  });

  it('something failed outside of any test, as npm test would', () => {
    const report = reportOf({ name, status: 'passed', message: '', assertionResults: testsThat('passed') });
    expect(verdict({ code: 1, report })).toMatchObject({
      is: 'noticed',
      test: 'an error outside of any test',
    });
  });

  it('it does not end', () => {
    expect(verdict({ code: 137, timedOut: true, report: undefined })).toMatchObject({ is: 'noticed' });
  });
});

describe('a run says nothing when', () => {
  it('a file cannot be loaded', () => {
    const report = reportOf({ name, status: 'failed', message: 'no such place', assertionResults: [] });
    expect(verdict({ code: 1, report })).toEqual({ is: 'broken', why: `${name}: no such place` });
  });

  it('vitest itself failed', () => {
    expect(verdict({ code: 1, output: 'bad config' })).toEqual({ is: 'broken', why: '    bad config' });
    expect(verdict({ code: 1, output: 'killed', report: undefined })).toMatchObject({ is: 'broken' });
  });
});
