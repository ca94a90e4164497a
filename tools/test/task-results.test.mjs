import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { root } from '../setup/places.mjs';
import { countTask } from './task-results.mjs';

/** @type {string} a project's folder, inside of the repository, out of sight of its checks */
let folder;
beforeEach(() => {
  fs.mkdirSync(path.join(root, 'tmp'), { recursive: true });
  folder = fs.mkdtempSync(path.join(root, 'tmp/task-results-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

/** @param {string} target @param {boolean} ok */
const task = (target, ok) => {
  const its = { project: 'one', root: path.relative(root, folder), target };
  return { ...its, ok, cached: false, ms: 1, output: 'all that was said' };
};

/** @param {string} target @param {unknown} report */
function leave(target, report) {
  fs.mkdirSync(path.join(folder, 'test-results'), { recursive: true });
  fs.writeFileSync(path.join(folder, 'test-results', `${target}.json`), JSON.stringify(report));
}

/** @param {string[]} statuses */
const ofVitest = (...statuses) => {
  const assertionResults = statuses.map((status) => ({ status, fullName: 'a test' }));
  return { testResults: [{ name: 'a.test.ts', status: 'passed', message: '', assertionResults }] };
};

it('counts each test of a run of vitest', () => {
  leave('unit', ofVitest('passed', 'passed', 'skipped'));
  expect(countTask(task('unit', true), true)).toMatchObject({ passed: 2, failed: 0, skipped: 1 });
});

it('fails a skipped test on a real Kafka on request', () => {
  leave('integration', ofVitest('passed', 'skipped'));
  expect(countTask(task('integration', true), true)).toMatchObject({ passed: 1, failed: 1 });
  expect(countTask(task('integration', true), false)).toMatchObject({ passed: 1, failed: 0, skipped: 1 });
});

it('counts each finding about the packages', () => {
  leave('packaging', [{ what: 'a' }, { what: 'b', problem: 'missing' }]);
  const counted = { passed: 1, failed: 1, output: 'all that was said' };
  expect(countTask(task('packaging', false), true)).toMatchObject(counted);
});

it('counts a task without a report as one check', () => {
  expect(countTask(task('lint', true), true)).toEqual({ passed: 1, failed: 0, skipped: 0, output: '' });
  const failed = { passed: 0, failed: 1, output: 'all that was said' };
  expect(countTask(task('lint', false), true)).toMatchObject(failed);
});

it.each(['unit', 'integration', 'packaging'])(
  'takes no report of an earlier run for a pass (%s)',
  (target) => {
    expect(countTask(task(target, true), true).failed).toBe(1);
    leave(target, target === 'packaging' ? [{ what: 'a' }] : ofVitest('passed'));
    const counted = countTask(task(target, false), true);
    expect(counted).toMatchObject({ passed: 1, failed: 1 });
    expect(counted.output).toContain('all that was said');
  },
);
