import { result } from './check.mjs';
import { readJson } from './read-json.mjs';

/**
 * The part of vitest's JSON report that is read here.
 *
 * @typedef {object} Report
 * @property {{ name: string, status: string, message: string, assertionResults: Assertion[] }[]} testResults
 *
 * @typedef {{ fullName: string, status: string }} Assertion
 */

/** @param {string} file @returns {Report | undefined} */
export const readReport = (file) => readJson(file);

/**
 * Counts a run of vitest. Everything without a success fails, including a crash, a file that could
 * not be loaded and an error outside of any test.
 *
 * @param {object} run
 * @param {Report | undefined} run.report undefined when there is none that can be read
 * @param {number} run.code how vitest ended
 * @param {string} run.output what it said
 * @param {boolean} [run.skipsFail] count a skipped test as failed
 */
export function count({ report, code, output, skipsFail = false }) {
  if (!report)
    return result({ failed: 1, output: `${output}\nvitest left no report: it ended with code ${code}\n` });
  let passed = 0;
  let failed = 0;
  let skipped = 0;
  /** @type {string[]} */
  const notes = [];
  for (const file of report.testResults) {
    const failedBefore = failed;
    for (const { status, fullName } of file.assertionResults) {
      if (status === 'passed') passed++;
      else if (status === 'failed') failed++;
      else {
        notes.push(`skipped: ${fullName} (${file.name})`);
        if (skipsFail) failed++;
        else skipped++;
      }
    }
    if (file.status === 'failed' && failed === failedBefore) {
      failed++;
      notes.push(`failed: ${file.name}: ${file.message}`);
    }
  }
  if (passed + failed + skipped === 0) {
    failed++;
    notes.push('no test was found');
  }
  if (code !== 0 && failed === 0) {
    failed++;
    notes.push(`vitest ended with code ${code}, though no test failed`);
  }
  if (skipsFail && notes.length > 0) notes.push('with CI=true a test that is skipped fails');
  const said = notes.map((note) => `${note}\n`).join('');
  return result({ passed, failed, skipped, output: failed ? `${output}\n${said}` : said });
}
