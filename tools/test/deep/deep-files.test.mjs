import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { deepFiles, firstSentence } from './deep-files.mjs';

let root = '';
beforeEach(() => {
  root = fs.mkdtempSync(path.join(tmpdir(), 'holdfast-deep-'));
});
afterEach(() => fs.rmSync(root, { recursive: true }));

/** @param {string} file @param {string} [text] */
function write(file, text = '') {
  fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  fs.writeFileSync(path.join(root, file), text);
}

it('makes each deep file a part, with its description', () => {
  write('packages/journal/src/bits.deep.test.ts', '/** Turns every bit. Slow. */\nit();');
  write('apps/chaos/src/kills.deep.test.ts', 'it();');
  write('tools/generate/makers.deep.test.mjs', '/** Makes both. */');
  write('packages/journal/src/bits.test.ts');
  write('packages/journal/dist/bits.deep.test.ts');
  write('packages/journal/node_modules/x/x.deep.test.ts');
  expect(deepFiles(root)).toEqual([
    { name: 'bits', does: 'Turns every bit', files: ['packages/journal/src/bits.deep.test.ts'] },
    {
      name: 'kills',
      does: 'apps/chaos/src/kills.deep.test.ts',
      files: ['apps/chaos/src/kills.deep.test.ts'],
    },
    { name: 'makers', does: 'Makes both', files: ['tools/generate/makers.deep.test.mjs'] },
  ]);
});

it('runs files with the same name as one part', () => {
  write('packages/a/test/adapter.deep.test.ts', '/** Both adapters. */');
  write('packages/b/test/adapter.deep.test.ts');
  expect(deepFiles(root)).toEqual([
    {
      name: 'adapter',
      does: 'Both adapters',
      files: ['packages/a/test/adapter.deep.test.ts', 'packages/b/test/adapter.deep.test.ts'],
    },
  ]);
});

it.each([
  ['/** One. Two. */', 'One'],
  ['/**\n * Kills `kill -9` the\n * service: 105 times.\n */', 'Kills `kill -9` the service'],
  ['/** Takes 1.5 s, no more */', 'Takes 1.5 s, no more'],
  ['// No doc comment', undefined],
  ['/** */', undefined],
])('reads the first sentence of %j', (source, sentence) => {
  expect(firstSentence(source)).toBe(sentence);
});
