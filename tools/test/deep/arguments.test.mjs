import { expect, it } from 'vitest';
import { chooseParts } from './arguments.mjs';

const parts = [
  { name: 'kills', does: 'kills a service 105 times' },
  { name: 'types7', does: 'TypeScript 7' },
  { name: 'node22', does: 'Node.js 22' },
];
/** @param {string[]} args */
const chosen = (...args) => chooseParts(args, parts).map(({ name }) => name);

it('runs every part by default', () => {
  expect(chosen()).toEqual(['kills', 'types7', 'node22']);
});

it('runs the named parts, in its own order', () => {
  expect(chosen('node22', 'kills')).toEqual(['kills', 'node22']);
  expect(chosen('node22,kills')).toEqual(['kills', 'node22']);
});

it('leaves out the skipped parts', () => {
  expect(chosen('--skip', 'kills,types7')).toEqual(['node22']);
  expect(chosen('--skip', 'kills', '--skip', 'node22')).toEqual(['types7']);
  expect(chosen('kills', 'types7', '--skip=kills')).toEqual(['types7']);
});

it('lists each part for an unknown name', () => {
  expect(() => chosen('kill')).toThrow(
    'no part is named kill; there are\n' +
      '  kills   kills a service 105 times\n  types7  TypeScript 7\n  node22  Node.js 22\n',
  );
  expect(() => chosen('--skip', 'kill')).toThrow('no part is named kill');
  expect(() => chosen('--only', 'kills')).toThrow('--only');
});
