import { describe, expect, it } from 'vitest';
import { exec } from '../setup/exec.mjs';
import { findPrometheus, prometheus } from '../setup/prometheus.mjs';
import { folder } from './queries.mjs';

const promtool = await findPrometheus('promtool');
const needed = promtool !== undefined || process.env['CI'] === 'true';

describe.skipIf(!needed)('promtool', () => {
  /** @param {string[]} args */
  const run = async (...args) => {
    if (promtool === undefined)
      throw new Error(`there is no promtool: npm run setup -- prometheus says why. So: ${prometheus.costs}`);
    return exec(promtool, args, { cwd: folder });
  };

  it('accepts the alert rules', async () => {
    expect(await run('check', 'rules', 'alerts.yml')).toMatchObject({ code: 0 });
  });

  it('sees each alert fire and clear', async () => {
    expect(await run('test', 'rules', 'alerts.test.yml')).toMatchObject({ code: 0 });
  });
});
