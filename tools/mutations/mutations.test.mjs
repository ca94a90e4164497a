import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../setup/places.mjs';
import { mutations } from './list/index.mjs';
import { mutated } from './mutation.mjs';

it.each(mutations)('there is one place for $name, and its killing test exists', (mutation) => {
  const before = readFileSync(path.join(root, mutation.file), 'utf8');
  expect(mutated(before, mutation)).not.toBe(before);
  expect(mutation.foundBy).toSatisfy((/** @type {string} */ file) => existsSync(path.join(root, file)));
});

it('a mutation without a place, or with two, is refused', () => {
  const mutation = { name: 'sync', file: 'log.ts', find: 'sync();', replace: '' };
  expect(() => mutated('write();', mutation)).toThrow(
    'log.ts has not exactly one place for the mutation sync',
  );
  expect(() => mutated('sync(); sync();', mutation)).toThrow('exactly one');
});

it('the additional changes of a mutation are made too', () => {
  const mutation = { name: 'sync', file: 'log.ts', find: 'sync();', replace: '' };
  expect(mutated('a; sync(); b;', { ...mutation, also: { find: 'b;', replace: 'c;' } })).toBe('a;  c;');
  expect(() => mutated('sync();', { ...mutation, also: { find: 'b;', replace: '' } })).toThrow('exactly one');
});

it('every mutation has a unique name', () => {
  expect(new Set(mutations.map(({ name }) => name)).size).toBe(mutations.length);
});
