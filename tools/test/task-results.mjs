import fs from 'node:fs';
import path from 'node:path';
import { root } from '../setup/places.mjs';
import { result } from './check.mjs';
import { countFindings } from './packaging.mjs';
import { count } from './vitest-report.mjs';

/** @typedef {import('../nx/plugin.mjs').TaskResult} TaskResult */

/**
 * What a task wrote, `undefined` when it cannot be read.
 *
 * @template T
 * @param {TaskResult} task
 * @param {(text: string) => T} parse
 */
function report({ root: folder, target }, parse) {
  try {
    return parse(fs.readFileSync(path.join(root, folder, 'test-results', `${target}.json`), 'utf8'));
  } catch {
    return undefined;
  }
}

/** @param {string} text @returns {import('./vitest-report.mjs').Report} */
const ofVitest = (text) => JSON.parse(text);
/** @param {string} text @returns {import('../packaging/findings.mjs').Finding[]} */
const ofPackaging = (text) => JSON.parse(text);

/** @param {TaskResult} task @param {boolean} skipsFail */
function counted(task, skipsFail) {
  const { target, ok, output } = task;
  switch (target) {
    case 'unit':
      return count({ report: report(task, ofVitest), code: ok ? 0 : 1, output });
    case 'integration':
      return count({ report: report(task, ofVitest), code: ok ? 0 : 1, output, skipsFail });
    case 'packaging':
      return countFindings(report(task, ofPackaging), output);
    default:
      return result({ passed: Number(ok) });
  }
}

/**
 * What a task comes to: each of its tests counts, or each of its findings; a task without a report is one check. A
 * task that failed has a failure, whatever a report says that an earlier run may have left.
 *
 * @param {TaskResult} task
 * @param {boolean} skipsFail a test on a real Kafka that is skipped counts as failed
 */
export function countTask(task, skipsFail) {
  const one = counted(task, skipsFail);
  return task.ok || one.failed > 0 ? one : { ...one, failed: 1, output: task.output };
}
