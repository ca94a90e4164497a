import { expect, it } from 'vitest';
import { exec, tail } from './exec.mjs';

const node = process.execPath;

it('keeps the output of a program, from both streams', async () => {
  const done = await exec(node, ['-e', 'console.log(1); console.error(2); process.exit(3)']);
  expect(done).toEqual({ code: 3, output: expect.stringMatching(/1\n[^]*2\n|2\n[^]*1\n/), timedOut: false });
});

it('returns 127 when there is no such program, as a shell does', async () => {
  const done = await exec('holdfast-no-such-program', []);
  expect(done).toMatchObject({ code: 127, timedOut: false });
});

it('ends a program that takes too long, and what it started', async () => {
  // The grandchild holds the pipe open: as long as it lived, this would not finish.
  const parent = `const { spawn } = require('node:child_process');
    spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { stdio: 'inherit' });`;
  const done = await exec(node, ['-e', parent], { timeoutMs: 1_000 });
  expect(done).toMatchObject({ code: 137, timedOut: true });
});

it('does not wait for what a program left behind, however it hid', async () => {
  const left = `setTimeout(() => {}, 20_000)`;
  const parent = `const { spawn } = require('node:child_process');
    spawn(process.execPath, ['-e', '${left}'], { stdio: 'inherit', detached: true }).unref();`;
  const begun = performance.now();
  expect(await exec(node, ['-e', parent])).toMatchObject({ code: 0, timedOut: false });
  expect(performance.now() - begun).toBeLessThan(15_000);
});

it('passes the input to stdin', async () => {
  const done = await exec(node, ['-e', 'process.stdin.pipe(process.stdout)'], { input: 'a line' });
  expect(done.output).toBe('a line');
});

it('shows the end of a long output', () => {
  expect(tail('1\n2\n3\n', 2)).toBe('    2\n    3');
});
