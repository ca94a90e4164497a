import { WriteStream } from 'node:tty';
import { expect, it } from 'vitest';
import { result } from './check.mjs';
import { runCheck } from './run-checks.mjs';

/** Records what is written to it. @returns {{ out: WriteStream, text: () => string }} */
function paper() {
  let text = '';
  const write = (/** @type {string} */ more) => ((text += more), true);
  const out = Object.assign(Object.create(WriteStream.prototype), { write, isTTY: false });
  return { out, text: () => text };
}

it('prints the counts of a check, and its output', async () => {
  const { out, text } = paper();
  const run = async () => result({ passed: 2, failed: 1, output: 'why\n' });
  expect(await runCheck({ name: 'unit', does: 'tests', run }, out)).toMatchObject({ passed: 2, failed: 1 });
  expect(text()).toMatch(/ {2}unit \(tests\) \.\.\.\n✗ unit: 2 passed, 1 failed \(0\.\d s\)\nwhy\n\n$/);
});

it('counts an exception as a failure of that check', async () => {
  const { out, text } = paper();
  const run = () => Promise.reject(new Error('no disk'));
  expect(await runCheck({ name: 'unit', does: 'tests', run }, out)).toMatchObject({ passed: 0, failed: 1 });
  expect(text()).toContain('unit broke off: Error: no disk');
});
