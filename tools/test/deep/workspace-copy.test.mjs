import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../../setup/places.mjs';
import { withWorkspaceCopy } from './workspace-copy.mjs';

const name = `workspace-copy-test-${process.pid}`;
const notCopied = ['dist', 'out-tsc', 'src', 'test'];

it('finds our packages in the copy, and removes it', async () => {
  const copy = await withWorkspaceCopy(name, notCopied, async (copy) => {
    const core = path.join(copy, 'node_modules/@holdfast/core');
    expect(fs.realpathSync(core)).toBe(fs.realpathSync(path.join(copy, 'packages/core')));
    expect(fs.readdirSync(core)).toContain('package.json');
    expect(fs.readdirSync(core)).not.toContain('src');
    expect(fs.existsSync(path.join(copy, 'tsconfig.base.json'))).toBe(true);
    return copy;
  });
  expect(path.dirname(copy)).toBe(path.join(root, 'tmp'));
  expect(fs.existsSync(copy)).toBe(false);
});

it('removes the copy after a failure', async () => {
  const failing = withWorkspaceCopy(name, notCopied, () => Promise.reject(new Error('no types')));
  await expect(failing).rejects.toThrow('no types');
  expect(fs.existsSync(path.join(root, 'tmp', name))).toBe(false);
});
