import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { mutated } from './mutated.mjs';
import { mutations } from './mutations.mjs';

/** @param {string} file */
const source = (file) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');

it.each(mutations)('there is one place for $name', (mutation) => {
  const before = source(mutation.file);
  expect(mutated(before, mutation)).not.toBe(before);
});

it('a mutation without a place, or with two, is refused', () => {
  const mutation = { name: 'sync', file: 'log.ts', find: 'sync();', replace: '' };
  expect(() => mutated('write();', mutation)).toThrow(
    'log.ts has not exactly one place for the mutation sync',
  );
  expect(() => mutated('sync(); sync();', mutation)).toThrow('exactly one');
});

it('what a mutation needs elsewhere in the file is changed, too', () => {
  const mutation = { name: 'sync', file: 'log.ts', find: 'sync();', replace: '' };
  expect(mutated('a; sync(); b;', { ...mutation, also: { find: 'b;', replace: 'c;' } })).toBe('a;  c;');
  expect(() => mutated('sync();', { ...mutation, also: { find: 'b;', replace: '' } })).toThrow('exactly one');
});

it('every mutation has a name of its own', () => {
  expect(new Set(mutations.map(({ name }) => name)).size).toBe(mutations.length);
});
