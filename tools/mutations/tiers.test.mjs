import { describe, expect, it } from 'vitest';
import { stepsOf, tierOf } from './tiers.mjs';

const mutation = { name: 'sync', file: 'packages/journal/src/log.ts', find: 'sync();', replace: '' };

describe('the steps for a mutant', () => {
  it('are the known test, then the package, then the others, tier by tier', () => {
    const foundBy = 'packages/journal/src/log.test.ts';
    const steps = stepsOf({ ...mutation, foundBy }, ['unit', 'integration', 'deep']);
    expect(steps.map(({ tier, include }) => [tier, ...include])).toEqual([
      ['unit', foundBy],
      ['unit', 'packages/journal/**/*.test.ts'],
      ['unit', '{packages,apps}/*/**/*.test.ts'],
      ['integration', 'packages/journal/**/*.int.test.ts'],
      ['integration', '{packages,apps}/*/**/*.int.test.ts'],
      ['deep', 'packages/journal/**/*.deep.test.ts'],
      ['deep', '{packages,apps}/*/**/*.deep.test.ts'],
    ]);
  });

  it('have each file once, and no file of another tier', () => {
    const foundBy = 'apps/chaos/test/chain.test.ts';
    const [, own, others] = stepsOf({ ...mutation, foundBy }, ['unit']);
    const elsewhere = ['**/*.int.test.ts', '**/*.deep.test.ts', foundBy];
    expect(own?.exclude).toEqual(elsewhere);
    expect(others?.exclude).toEqual([...elsewhere, 'packages/journal/**']);
  });

  it('include the whole of a file of which a part has run', () => {
    const foundBy = 'apps/chaos/test/chain.test.ts';
    const [first, , others] = stepsOf({ ...mutation, foundBy, named: 'over kafkajs' }, ['unit']);
    expect(first).toEqual({ tier: 'unit', include: [foundBy], exclude: [], named: 'over kafkajs' });
    expect(others?.exclude).not.toContain(foundBy);
  });

  it('include the known test only where its tier is wanted', () => {
    const foundBy = 'packages/journal/test/kill.int.test.ts';
    expect(stepsOf({ ...mutation, foundBy }, ['unit']).flatMap(({ include }) => include)).not.toContain(
      foundBy,
    );
    expect(stepsOf({ ...mutation, foundBy }, ['integration'])[0]?.include).toEqual([foundBy]);
  });
});

it.each([
  ['a.test.ts', 'unit'],
  ['a.int.test.ts', 'integration'],
  ['a.deep.test.ts', 'deep'],
])('%s is of the tier %s', (file, tier) => expect(tierOf(file)).toBe(tier));
