import { checkPackaging } from '../packaging/packaging.mjs';
import { result } from './check.mjs';

/** @type {import('./check.mjs').Check} */
export const packaging = {
  name: 'packaging',
  does: 'the tarballs, and the code of the READMEs against them',
  async run(progress) {
    const findings = await checkPackaging((doing) => progress.note(doing));
    const bad = findings.filter(({ problem }) => problem !== undefined);
    const lines = bad.map(({ what, problem }) => `✗ ${what}\n${problem?.replaceAll(/^/gm, '    ')}\n`);
    return result({
      passed: findings.length - bad.length,
      failed: bad.length,
      output: lines.join(''),
    });
  },
};
