import fs from 'node:fs';
import path from 'node:path';
import { exec } from '../setup/exec.mjs';
import { cache, root } from '../setup/places.mjs';
import { result } from './check.mjs';

const timeoutMs = 8 * 60_000;

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
    const main = path.join(root, 'tools/packaging/main.mjs');
    const { code, output } = await exec(process.execPath, [main, report, ...args], {
      cwd: root,
      timeoutMs,
      onLine: (line) => progress.note(line),
    });
    if (!fs.existsSync(report)) {
      return result({ failed: 1, output: `${output}\nit ended with code ${code}, before its end\n` });
    }
    /** @type {import('../packaging/findings.mjs').Finding[]} */
    const findings = JSON.parse(fs.readFileSync(report, 'utf8'));
    const failed = findings.filter(({ problem }) => problem !== undefined).length;
    return result({ passed: findings.length - failed, failed, output: failed ? output : '' });
  },
});

export const packaging = packagingCheck(
  'packaging',
  'the tarballs, and the code of the READMEs against them',
);
