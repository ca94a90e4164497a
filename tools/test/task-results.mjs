import path from 'node:path';
import { root } from '../setup/places.mjs';
import { result } from './check.mjs';
import { countFindings, readFindings } from './packaging.mjs';
import { count, readReport } from './vitest-report.mjs';

/** @typedef {import('../nx/plugin.mjs').TaskResult} TaskResult */

/** @param {TaskResult} task @param {boolean} skipsFail */
function counted(task, skipsFail) {
  const { target, ok, output } = task;
  const file = path.join(root, task.root, 'test-results', `${target}.json`);
  switch (target) {
    case 'unit':
      return count({ report: readReport(file), code: ok ? 0 : 1, output });
    case 'integration':
      return count({ report: readReport(file), code: ok ? 0 : 1, output, skipsFail });
    case 'packaging':
      return countFindings(readFindings(file), output);
    default:
      return result({ passed: Number(ok) });
  }
}

/**
 * Counts the tests or the findings of a task; a task without a report is one check. A failed task
 * has at least one failure, whatever report an earlier run may have left.
 *
 * @param {TaskResult} task
 * @param {boolean} skipsFail a test on a real Kafka that is skipped counts as failed
 */
export function countTask(task, skipsFail) {
  const one = counted(task, skipsFail);
  return task.ok || one.failed > 0 ? one : { ...one, failed: 1, output: task.output };
}
