import { describe, expect, it } from 'vitest';
import { count } from './vitest-report.mjs';

/** @param {string[]} statuses @param {string} status */
const file = (statuses, status = statuses.includes('failed') ? 'failed' : 'passed') => ({
  name: 'a.test.ts',
  status,
  message: status === 'failed' ? 'it went wrong' : '',
  assertionResults: statuses.map((one, index) => ({ status: one, fullName: `test ${index}` })),
});

describe('count', () => {
  it('counts each test', () => {
    const report = { testResults: [file(['passed', 'passed']), file(['passed', 'skipped', 'todo'])] };
    expect(count({ report, code: 0, output: 'said' })).toEqual({
      passed: 3,
      failed: 0,
      skipped: 2,
      output: 'skipped: test 1 (a.test.ts)\nskipped: test 2 (a.test.ts)\n',
    });
  });

  it('shows the whole output when one failed', () => {
    const report = { testResults: [file(['passed', 'failed'])] };
    const counted = count({ report, code: 1, output: 'all of it' });
    expect(counted).toMatchObject({ passed: 1, failed: 1 });
    expect(counted.output).toContain('all of it');
  });

  it('counts a file that could not be loaded as failed', () => {
    const report = { testResults: [file([], 'failed'), file(['passed'])] };
    const counted = count({ report, code: 1, output: '' });
    expect(counted).toMatchObject({ passed: 1, failed: 1 });
    expect(counted.output).toContain('a.test.ts: it went wrong');
  });

  it('counts an error outside of any test as failed', () => {
    const report = { testResults: [file(['passed'])] };
    expect(count({ report, code: 1, output: 'Unhandled Rejection' })).toMatchObject({ passed: 1, failed: 1 });
  });

  it('counts a run without a report, or without a test, as failed', () => {
    expect(count({ report: undefined, code: 134, output: '' })).toMatchObject({ passed: 0, failed: 1 });
    expect(count({ report: { testResults: [] }, code: 0, output: '' })).toMatchObject({
      passed: 0,
      failed: 1,
    });
  });

  it('counts a skipped test as failed where no test may be skipped', () => {
    const report = { testResults: [file(['passed', 'skipped'])] };
    const counted = count({ report, code: 0, output: '', skipsFail: true });
    expect(counted).toMatchObject({ passed: 1, failed: 1, skipped: 0 });
    expect(counted.output).toContain('skipped: test 1');
  });
});
