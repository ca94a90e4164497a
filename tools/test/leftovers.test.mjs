import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findLeftovers, markThisRun } from './leftovers.mjs';

const before = process.env['HOLDFAST_TEST_RUN'];

beforeEach(markThisRun);
afterEach(() => {
  if (before === undefined) delete process.env['HOLDFAST_TEST_RUN'];
  else process.env['HOLDFAST_TEST_RUN'] = before;
});

it.runIf(process.platform === 'linux')(
  'ends a process that was left behind, however it hid, and says so',
  async () => {
    const hidden = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], {
      detached: true,
      stdio: 'ignore',
    });
    const exited = once(hidden, 'exit');
    const found = await findLeftovers(0);
    expect(found).toMatchObject({ passed: 0, failed: 1 });
    expect(found.output).toContain(`still alive, now killed: ${hidden.pid}`);
    expect(await exited).toEqual([null, 'SIGKILL']);
  },
);

it('accepts a process that ends by itself', async () => {
  spawn(process.execPath, ['-e', ''], { detached: true, stdio: 'ignore' });
  expect(await findLeftovers(30_000)).toMatchObject({ passed: 1, failed: 0 });
});
