import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../setup/places.mjs';
import { statusOf } from './mutant-status.mjs';

const name = path.join(root, 'packages/journal/src/log.test.ts');
const step = {
  tier: /** @type {const} */ ('unit'),
  include: ['packages/journal/src/log.test.ts'],
  exclude: [],
};

/** @param {string[]} statuses */
const testsThat = (...statuses) =>
  statuses.map((status, index) => ({ fullName: ` log test ${index}`, status }));

/** @param {Partial<import('./mutant-status.mjs').Run>} run */
const status = (run) =>
  statusOf({ code: 0, output: '', timedOut: false, report: { testResults: [] }, step, ...run });

/** @param {import('../test/vitest-report.mjs').Report['testResults'][number]} file */
const reportOf = (file) => ({ testResults: [file] });

describe('a run without a failure', () => {
  it('lets the mutant survive, and so does one that found no test', () => {
    const assertionResults = testsThat('passed', 'skipped');
    expect(status({ report: reportOf({ name, status: 'passed', message: '', assertionResults }) })).toEqual({
      is: 'survived',
    });
    expect(status({})).toEqual({ is: 'survived' });
  });
});

describe('a run kills the mutant when', () => {
  it('a test failed: it names the first one', () => {
    const assertionResults = testsThat('passed', 'failed', 'failed');
    const report = reportOf({ name, status: 'failed', message: '', assertionResults });
    expect(status({ code: 1, report })).toEqual({
      is: 'killed',
      file: step.include[0],
      test: 'log test 1',
    });
  });

  it('something failed outside of any test, as in npm test', () => {
    const report = reportOf({ name, status: 'passed', message: '', assertionResults: testsThat('passed') });
    expect(status({ code: 1, report })).toMatchObject({
      is: 'killed',
      test: 'an error outside of any test',
    });
  });

  it('it does not end', () => {
    expect(status({ code: 137, timedOut: true, report: undefined })).toMatchObject({ is: 'killed' });
  });
});

describe('a run has no result when', () => {
  it('a file cannot be loaded', () => {
    const report = reportOf({ name, status: 'failed', message: 'no such place', assertionResults: [] });
    expect(status({ code: 1, report })).toEqual({ is: 'invalid', why: `${name}: no such place` });
  });

  it('vitest itself failed', () => {
    expect(status({ code: 1, output: 'bad config' })).toEqual({ is: 'invalid', why: '    bad config' });
    expect(status({ code: 1, output: 'killed', report: undefined })).toMatchObject({ is: 'invalid' });
  });
});
