import fs from 'node:fs';
import path from 'node:path';
import { cache } from '../setup/places.mjs';
import { result } from './check.mjs';
import { readJson } from './read-json.mjs';
import { runScript } from './run-script.mjs';

const timeoutMs = 8 * 60_000;

/**
 * Counts the findings of `tools/packaging`: none means that it broke off.
 *
 * @param {import('../packaging/findings.mjs').Finding[] | undefined} findings
 * @param {string} output what it said
 */
export function countFindings(findings, output) {
  if (!findings) return result({ failed: 1, output: `${output}\nit broke off before its end\n` });
  const failed = findings.filter(({ problem }) => problem !== undefined).length;
  return result({ passed: findings.length - failed, failed, output: failed ? output : '' });
}

/** @param {string} file @returns {import('../packaging/findings.mjs').Finding[] | undefined} */
export const readFindings = (file) => readJson(file);

/**
 * A run of `tools/packaging`, each of its findings counted.
 *
 * @param {string} name
 * @param {string} does
 * @param {string[]} [args]
 * @returns {import('./check.mjs').Check}
 */
export const packagingCheck = (name, does, args = []) => ({
  name,
  does,
  async run(progress) {
    const report = path.join(cache, `${name}.json`);
    fs.rmSync(report, { force: true });
    const command = ['tools/packaging/main.mjs', report, ...args];
    const { code, output } = await runScript(command, { name, timeoutMs, progress });
    return countFindings(readFindings(report), `${output}\nit ended with code ${code}\n`);
  },
});
