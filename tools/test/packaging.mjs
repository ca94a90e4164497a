import fs from 'node:fs';
import path from 'node:path';
import { exec } from '../setup/exec.mjs';
import { cache, root } from '../setup/places.mjs';
import { result } from './check.mjs';

const report = path.join(cache, 'packaging.json');
const timeoutMs = 8 * 60_000;

/** @type {import('./check.mjs').Check} */
export const packaging = {
  name: 'packaging',
  does: 'the tarballs, and the code of the READMEs against them',
  async run(progress) {
    fs.rmSync(report, { force: true });
    const main = path.join(root, 'tools/packaging/main.mjs');
    const { code, output } = await exec(process.execPath, [main, report], {
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
};
